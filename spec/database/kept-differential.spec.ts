import fc from "fast-check";
import {
  AccessViolationError, eq, FreeholdError, StaleEntityError, UniqueViolationError, User, UserContext, UserInfo, type Database, type Repository,
} from "freehold";
import { onEveryEngine } from "../support/databases";
import { Folder, Note, TestClock } from "../support/notes";

/** A row as plain JavaScript keeps it. */
interface Row {
  readonly id: number;
  readonly owner: number;
  title: string;
  views: number;
  version: number;
  updated: number;
  deleted: number | null;
}

const user = fc.nat(1);
const title = fc.constantFrom("a", "b", "c");
const place = fc.nat(7);
const step = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), user, title }),
  fc.record({ kind: fc.constant("save" as const), user, place, title, stale: fc.boolean(), plain: fc.boolean() }),
  fc.record({ kind: fc.constant("update" as const), user, title, views: fc.nat(9) }),
  fc.record({ kind: fc.constant("increment" as const), user, title, views: fc.nat(9) }),
  fc.record({ kind: fc.constant("upsert" as const), user, title, views: fc.nat(9) }),
  fc.record({ kind: fc.constant("delete" as const), user, title, hard: fc.boolean() }),
  fc.record({ kind: fc.constant("remove" as const), user, place, hard: fc.boolean(), stale: fc.boolean() }),
  fc.record({ kind: fc.constant("restore" as const), user, title }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the calls should do, without a database. An outcome is a number, or the name of an error. */
class Model {
  rows: Row[] = [];

  /** @param id of a row that the database made: which number it counts is its own matter */
  run(one: Step, now: number, chosen: Row | undefined, id: number): string | number {
    const live = (row: Row): boolean => row.owner === one.user && row.deleted === null;
    const change = (rows: readonly Row[], how: (row: Row) => void): number => {
      for (const row of rows) {
        how(row);
        row.version += 1;
        row.updated = now;
      }
      return rows.length;
    };
    const drop = (rows: readonly Row[]): number => {
      this.rows = this.rows.filter((row) => !rows.includes(row));
      return rows.length;
    };
    const taken = (wanted: string, by?: Row): boolean => this.rows.some((row) => live(row) && row.title === wanted && row !== by);
    switch (one.kind) {
      case "insert":
        if (taken(one.title)) return "UniqueViolationError";
        this.rows.push({ id, owner: one.user, title: one.title, views: 0, version: 1, updated: now, deleted: null });
        return 1;
      case "save":
        if (chosen === undefined) return 0;
        if (!live(chosen)) return "AccessViolationError";
        if (!one.plain && one.stale) return "StaleEntityError";
        if (taken(one.title, chosen)) return "UniqueViolationError";
        return change([chosen], (row) => { row.title = one.title; });
      case "update": return change(this.rows.filter((row) => live(row) && row.title === one.title), (row) => { row.views = one.views; });
      case "increment": return change(this.rows.filter((row) => live(row) && row.title === one.title), (row) => { row.views += one.views; });
      case "upsert": {
        const met = this.rows.filter((row) => live(row) && row.title === one.title);
        if (met.length > 0) return change(met, (row) => { row.views = one.views; });
        this.rows.push({ id, owner: one.user, title: one.title, views: one.views, version: 1, updated: now, deleted: null });
        return 1;
      }
      case "delete": {
        const met = this.rows.filter((row) => row.owner === one.user && row.title === one.title && (one.hard || row.deleted === null));
        return one.hard ? drop(met) : change(met, (row) => { row.deleted = now; });
      }
      case "remove":
        if (chosen === undefined) return 0;
        if (chosen.owner !== one.user || (!one.hard && chosen.deleted !== null)) return "AccessViolationError";
        if (one.stale) return "StaleEntityError";
        return one.hard ? drop([chosen]) : change([chosen], (row) => { row.deleted = now; });
      case "restore": {
        const met = this.rows.filter((row) => row.owner === one.user && row.title === one.title && row.deleted !== null);
        if (met.length > 1 || (met.length > 0 && taken(one.title))) return "UniqueViolationError";
        return change(met, (row) => { row.deleted = null; });
      }
    }
  }
}

async function perform(notes: Repository<Note, "bound">, one: Step, chosen: Row | undefined, made: (note: Note) => void): Promise<string | number> {
  const known = (stale: boolean): { note_id: number; version: number } => ({ note_id: chosen?.id ?? 0, version: (chosen?.version ?? 0) + (stale ? 1 : 0) });
  try {
    switch (one.kind) {
      case "insert":
        made(await notes.insert({ title: one.title }));
        return 1;
      case "save":
        if (chosen === undefined) return 0;
        await notes.save(one.plain ? { note_id: chosen.id, title: one.title } : { ...known(one.stale), title: one.title });
        return 1;
      case "update": return await notes.update({ title: eq(one.title) }, { views: one.views });
      case "increment": return await notes.increment({ title: one.title }, { views: one.views });
      case "upsert":
        made(await notes.upsert({ title: one.title, views: one.views }, { on: ["title"] }));
        return 1;
      case "delete": return await notes.delete({ title: one.title }, { hard: one.hard });
      case "remove":
        if (chosen === undefined) return 0;
        await notes.remove(known(one.stale), { hard: one.hard });
        return 1;
      case "restore": return await notes.restore({ title: one.title });
    }
  } catch (error) {
    if (!(error instanceof FreeholdError)) throw error;
    expect([AccessViolationError, StaleEntityError, UniqueViolationError]).toContain(error.constructor);
    return error.name;
  }
}

onEveryEngine("versions and soft deletes at random", (databases) => {
  it("do what plain JavaScript does, for two users in one table", async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const clock = new TestClock();
      const db: Database = await databases.open({ entities: [User, Folder, Note], clock: clock.now });
      const users = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }]);
      const notes = users.map((one) => db.repository(Note).as(UserContext.of(one)));
      const model = new Model();
      for (const one of steps) {
        const now = clock.forward().getTime();
        const chosen = "place" in one ? model.rows[one.place % Math.max(1, model.rows.length)] : undefined;
        const repository = notes[one.user] as Repository<Note, "bound">;
        let id = 0;
        const found = await perform(repository, one, chosen, (note) => { id = note.note_id; });
        expect([one, found]).toEqual([one, model.run(one, now, chosen, id)]);
      }
      for (const [index, repository] of notes.entries()) {
        const shown = async (withDeleted: boolean): Promise<unknown> => (await repository.find({}, { withDeleted }))
          .map((row) => [row.note_id, row.title, row.views, row.version, row.updated_at.getTime(), row.deleted_at?.getTime() ?? null]);
        const wanted = model.rows.filter((row) => row.owner === index).sort((a, b) => a.id - b.id);
        const plain = (rows: readonly Row[]): unknown => rows.map((row) => [row.id, row.title, row.views, row.version, row.updated, row.deleted]);
        expect(await shown(true)).toEqual(plain(wanted));
        expect(await shown(false)).toEqual(plain(wanted.filter((row) => row.deleted === null)));
      }
      await db.close();
    }), { numRuns: 40 });
  }, 60_000);
});
