import * as freehold from "freehold";
import {
  CheckViolationError, Column, DataError, DatabaseClosedError, Entity, Enum, ForeignKeyViolationError, FreeholdError, InvalidQueryError, PrimaryKey,
  UniqueViolationError, type Database,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Country, Handle, Note, plannerModel, Reading, Setting, Tag, Task } from "../support/planner";

@Entity({ name: "Thing", table: "thing" })
class StoredThing {
  @PrimaryKey() id!: number;
  @Enum(["a", "b"]) kind!: string;
  @Column({ type: "integer" }) size!: number;
  @Column({ name: "the_note" }) note!: string;
}

/** What an application believes of the same table that was changed behind its back. */
@Entity({ name: "Thing", table: "thing" })
class BelievedThing {
  @PrimaryKey() id!: number;
  @Enum(["a", "b", "c"], { default: "a" }) kind!: string;
  @Column({ type: "integer", default: 1 }) size!: number;
  @Column({ type: "text", nullable: true, name: "the_note" }) note!: string | null;
}

@Entity({ name: "Thing", table: "thing" })
class MistypedThing {
  @PrimaryKey() id!: number;
  @Enum(["a", "b"], { default: "a" }) kind!: string;
  @Column({ type: "text" }) size!: string;
  @Column({ name: "the_note" }) note!: string;
}

@Entity({ name: "Thing", table: "thing" })
class LargerThing {
  @PrimaryKey() id!: number;
  @Column({ type: "text", nullable: true }) extra!: string | null;
}

/** Every text that an error carries, its cause's included. */
function textsOf(error: unknown): string {
  const texts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    texts.push(current.name, current.message, current.stack ?? "", JSON.stringify(current), ...Object.values(current).map(String));
  }
  return texts.join("\n");
}

onEveryEngine("errors of the database", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    people = await twoUsers(db);
  });

  /** What the engines call a violated rule. */
  const violation = databases.dialect === "sqlite" ? /^SQLITE_CONSTRAINT/ : /^23/;

  /** The cause keeps what helps to look the error up, and nothing that could hold a row's values. */
  function expectClean(error: FreeholdError, code: RegExp, ...values: readonly string[]): void {
    const cause = error.cause as Error & { readonly code: string };
    expect(cause).toBeInstanceOf(Error);
    expect(cause.code).toMatch(code);
    expect(cause.message).toBe(`The driver reported ${cause.code}.`);
    expect(cause.cause).toBeUndefined();
    for (const value of values) expect(textsOf(error)).not.toContain(value);
  }

  it("names entity and properties of a unique violation, without the owner", async () => {
    const tags = db.repository(Tag);
    await tags.insert({ label: "a secret label" });
    const single = await failure(UniqueViolationError, () => tags.insert({ label: "a secret label" }));
    expect(single).toMatchObject({ code: "UNIQUE_VIOLATION", entity: "Tag", property: "label", properties: ["label"], name: "UniqueViolationError" });
    expect(single.message).toBe("There is already a Tag with this label.");
    expectClean(single, violation, "a secret label", "UNIQUE constraint failed");
    const tasks = db.repository(Task).as(people.aliceCtx);
    await tasks.insert({ title: "a secret title" });
    const several = await failure(UniqueViolationError, () => tasks.insert({ title: "a secret title" }));
    expect(several).toMatchObject({ entity: "Task", property: undefined, properties: ["title", "list"] });
    expect(several.message).toBe("There is already a Task with this title and list of the same owner.");
    expectClean(several, violation, "a secret title");
    await db.repository(Setting).insertMany(people.aliceCtx, [{ key: "k", value: "v", alias: "x" }, { key: "l", value: "v" }]);
    const byUpdate = await failure(UniqueViolationError, () => db.repository(Setting).update(people.aliceCtx, { key: "l" }, { key: "k" }));
    expect(byUpdate.properties).toEqual(["key"]);
    const bySave = await failure(UniqueViolationError, () => db.repository(Setting).save(people.aliceCtx, { key: "l", alias: "x" }));
    expect(bySave.properties).toEqual(["alias"]);
    await db.repository(Reading).insert(people.aliceCtx, { sensor: "s", day: "2026-01-01" });
    const composite = await failure(UniqueViolationError, () => db.repository(Reading).insert(people.aliceCtx, { sensor: "s", day: "2026-01-01" }));
    expect(composite.properties).toEqual(["sensor", "day"]);
  });

  it("does not speak of the same owner where the rule is over all owners", async () => {
    await db.repository(Handle).insert(people.bobCtx, { handle: "ada" });
    const error = await failure(UniqueViolationError, () => db.repository(Handle).insert(people.aliceCtx, { handle: "ada" }));
    expect(error.message).toBe("There is already a Handle with this handle.");
    expect(error.properties).toEqual(["handle"]);
  });

  it("tells a reference to nothing from a row that is still referenced", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const nowhere = await failure(ForeignKeyViolationError, () => tasks.insert({ title: "t", country: "secret land" }));
    expect(nowhere).toMatchObject({ code: "FOREIGN_KEY_VIOLATION", entity: "Task" });
    expect(nowhere.message).toContain("points at no row");
    expectClean(nowhere, violation, "secret land");
    await db.repository(Country).insert({ code: "PT", name: "Portugal" });
    const { id } = await tasks.insert({ title: "t", country: "PT" });
    await failure(ForeignKeyViolationError, () => tasks.update({ id }, { country: "XX" }));
    await failure(ForeignKeyViolationError, () => tasks.save({ id, country: "XX" }));
    const system = db.repository(Country).as(db.system("clean up"));
    for (const work of [() => system.delete({ code: "PT" }), () => system.remove({ code: "PT" })]) {
      const used = await failure(ForeignKeyViolationError, work);
      expect(used).toMatchObject({ entity: "Country" });
      expect(used.message).toContain("still referenced");
      expectClean(used, violation, "Portugal");
    }
  });

  it("never repeats a value of another user's row", async () => {
    const system = db.system("seed");
    const secrets = ["BOBS-TITLE", "BOBS-VALUE", "BOBS-HANDLE", "BOBS-MOTTO", "BOBS-TEXT", "BOBS-KEY"];
    const task = await db.repository(Task).insert(people.bobCtx, { title: "BOBS-TITLE" });
    const note = await db.repository(Note).insert(people.bobCtx, { text: "BOBS-TEXT" });
    await db.repository(Setting).insert(people.bobCtx, { key: "BOBS-KEY", value: "BOBS-VALUE", alias: "x" });
    const handle = await db.repository(Handle).insert(people.bobCtx, { handle: "BOBS-HANDLE", motto: "BOBS-MOTTO" });
    const mine = await db.repository(Handle).insert(people.aliceCtx, { handle: "alice" });
    const alice = people.aliceCtx;
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => db.repository(Task).insert(alice, { id: task.id, title: "x" }),
      () => db.repository(Task).save(alice, { id: task.id, title: "x" }),
      () => db.repository(Task).remove(alice, { id: task.id }),
      () => db.repository(Task).findByIdOrFail(alice, task.id),
      () => db.repository(Task).insert(alice, { title: "x", userId: people.bob.user_id }),
      () => db.repository(Note).findOneOrFail(alice, { id: note.id }),
      () => db.repository(Note).save(alice, { id: note.id, text: "x" }),
      () => db.repository(Handle).update(alice, { id: mine.id }, { id: handle.id }),
      () => db.repository(Handle).upsert(alice, { handle: handle.handle.toLowerCase() }, { on: ["motto"] }),
      () => db.repository(Setting).save(alice, { key: "k", value: "x" }),
      () => db.repository(Handle).insert(system, { id: handle.id, handle: "y", user_id: people.alice.user_id }),
      () => db.repository(Setting).update(system, { alias: "x" }, { user_id: 99 }),
    ];
    for (const attempt of attempts) {
      const error = await failure(Error, attempt);
      expect(error).toBeInstanceOf(FreeholdError);
      const texts = textsOf(error);
      for (const secret of secrets) expect(texts).not.toContain(secret);
    }
    const taken = await failure(UniqueViolationError, () => db.repository(Handle).insert(alice, { handle: "BOBS-HANDLE" }));
    for (const secret of secrets) expect(textsOf(taken)).not.toContain(secret);
  });

  it("says what to do when a table is missing", async () => {
    await db.schema.drop({ confirm: true });
    const error = await failure(DataError, () => db.repository(Tag).find());
    expect(error).toMatchObject({ code: "DATA_ERROR", entity: "Tag" });
    expect(error.message).toMatch(/no table "?tag"?/);
    expect(error.message).toContain("db.schema.ensure()");
    expect(await failure(DataError, () => db.repository(Task).insert(people.aliceCtx, { title: "t" }))).toMatchObject({ entity: "Task" });
    await db.schema.ensure();
    expect(await db.repository(Tag).find()).toEqual([]);
  });

  it("refuses everything after close", async () => {
    await db.close();
    await db.close();
    const tags = db.repository(Tag);
    for (const work of [
      () => tags.find(), () => tags.findById(1), () => tags.count(), () => tags.insert({ label: "x" }), () => tags.saveMany([{ label: "x" }]),
      () => tags.update({ id: 1 }, { label: "x" }), () => db.transaction(async () => 1), () => db.schema.ensure(), () => db.schema.check(),
      () => db.repository(Task).find(people.aliceCtx),
    ]) {
      expect(await failure(DatabaseClosedError, work)).toMatchObject({ code: "DATABASE_CLOSED" });
    }
  });

  it("refuses a statement that is too large for the engine, before it is sent", async () => {
    const tags = db.repository(Tag);
    const [count, most] = databases.dialect === "sqlite" ? [33_000, 32_766] : [66_000, 65_535];
    const list = Array.from({ length: count }, (_, index) => ({ label: `x${index}` }));
    const before = databases.events.length;
    const error = await failure(InvalidQueryError, () => tags.find(freehold.or(...list)));
    expect(error).toMatchObject({ entity: "Tag", code: "INVALID_QUERY" });
    expect(error.message).toContain(`${count} parameters; at most ${most} fit`);
    expect(textsOf(error)).not.toContain(`x${count - 1}`);
    expect(databases.events.length).toBe(before);
  });

  if (databases.shared) {
    async function differing(entity: new () => object): Promise<Database> {
      const place = databases.newPlace();
      const owner = await databases.openPlace(place, { entities: [StoredThing] });
      await owner.schema.ensure();
      return databases.openPlace(place, { entities: [entity] });
    }

    it("names the property of a CHECK, NOT NULL or type that the database insists on", async () => {
      const things = (await differing(BelievedThing)).repository(BelievedThing);
      const check = await failure(CheckViolationError, () => things.insert({ kind: "c", note: "secret" }));
      expect(check).toMatchObject({ code: "CHECK_VIOLATION", entity: "Thing", property: "kind" });
      expectClean(check, violation, "secret");
      expect(check.cause).toMatchObject({ constraint: "ck_thing_kind", table: "thing" });
      const absent = await failure(CheckViolationError, () => things.insert({}));
      expect(absent).toMatchObject({ entity: "Thing", property: "note" });
      expect(absent.message).toContain("refuses null for Thing.note");
      expectClean(absent, violation);
      const mistyped = (await differing(MistypedThing)).repository(MistypedThing);
      if (databases.dialect === "sqlite") {
        const type = await failure(CheckViolationError, () => mistyped.insert({ size: "secret text", note: "n" }));
        expect(type).toMatchObject({ entity: "Thing", property: "size" });
        expectClean(type, /^SQLITE_(CONSTRAINT|MISMATCH)/, "secret text");
      } else {
        // There the statement itself is wrong, not its value: no row is looked at.
        expectClean(await failure(InvalidQueryError, () => mistyped.insert({ size: "secret text", note: "n" })), /^42804$/, "secret text");
      }
      expect(await things.count()).toBe(0);
    });

    it("says that a column is missing, and how to find all differences", async () => {
      const things = (await differing(LargerThing)).repository(LargerThing);
      for (const work of [() => things.find(), () => things.insert({ extra: "x" }), () => things.update({ id: 1 }, { extra: "x" })]) {
        const error = await failure(DataError, work);
        expect(error.entity).toBe("Thing");
        expect(error.message).toContain("extra");
        expect(error.message).toContain("db.schema.check()");
      }
    });

    it("refuses a column that the model does not know and the database wants", async () => {
      const place = databases.newPlace();
      const other = await databases.openPlace(place, { entities: [LargerThing] });
      await databases.outside(place, [[databases.dialect === "sqlite"
        ? "create table thing (id integer primary key autoincrement, extra text, wanted text not null) strict"
        : "create table thing (id bigint generated by default as identity primary key, extra text, wanted text not null)"]]);
      const error = await failure(CheckViolationError, () => other.repository(LargerThing).insert({ extra: "secret" }));
      expect(error).toMatchObject({ entity: "Thing", property: undefined });
      expectClean(error, violation, "secret");
    });
  }
});

describe("error codes", () => {
  it("are stable", () => {
    const codes = Object.entries(freehold).flatMap(([name, value]) => {
      if (typeof value !== "function" || !(value.prototype instanceof FreeholdError)) return [];
      const type = value as unknown as new (...args: unknown[]) => FreeholdError;
      return [[name, new type("text", { retryable: false }).code] as const];
    });
    expect(Object.fromEntries(codes)).toEqual({
      AccessViolationError: "ACCESS_VIOLATION", CheckViolationError: "CHECK_VIOLATION", ConnectionError: "CONNECTION_ERROR",
      ContextRequiredError: "CONTEXT_REQUIRED", DataError: "DATA_ERROR", DatabaseClosedError: "DATABASE_CLOSED",
      ForeignKeyViolationError: "FOREIGN_KEY_VIOLATION", InvalidQueryError: "INVALID_QUERY", MigrationError: "MIGRATION_ERROR",
      ModelError: "MODEL_ERROR", NotFoundError: "NOT_FOUND", StaleEntityError: "STALE_ENTITY", TransactionError: "TRANSACTION_ERROR",
      UniqueViolationError: "UNIQUE_VIOLATION", ValidationError: "VALIDATION_ERROR",
    });
  });
});
