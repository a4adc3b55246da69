import { ContextRequiredError, Entity, InvalidQueryError, PrimaryKey, User, UserContext } from "freehold";
import { sqliteDialect } from "../../lib/dialect/sqlite/sqlite-dialect";
import { buildModel } from "../../lib/model/build-model";
import type { OwnedModel, PropertyModel, PublicModel } from "../../lib/model/entity-model";
import { unscoped, type Context } from "../../lib/scope/access";
import { SystemContext, SystemContextProof } from "../../lib/scope/system-context";
import type { AggregateStatement } from "../../lib/sql/aggregate";
import { handWritten } from "../../lib/sql/hand-written";
import { always } from "../../lib/sql/predicate";
import {
  statement, type CountStatement, type DeleteStatement, type ExistsStatement, type InsertStatement, type SelectStatement, type Statement,
  type UpdateStatement,
} from "../../lib/sql/statement";
import { isTableSource, openTable, requireSource, type TableSource } from "../../lib/sql/table-source";
import { failure } from "../support/databases";
import { Document, documentModel } from "../support/documents";

@Entity()
class Team {
  @PrimaryKey() team_id!: number;
}

const database = buildModel({ ...documentModel, entities: [...documentModel.entities, Team] });
const owned = database.modelOf(Document) as OwnedModel;
const open = database.modelOf(User) as PublicModel;
const ctx = UserContext.forKey(User, 7);
const system = SystemContext.open(new SystemContextProof({}), "spec");
const title = owned.properties["title"]!;
const owner = owned.ownership.property;

const insertInto = (source: TableSource, columns: readonly PropertyModel[], updated: readonly PropertyModel[] = []): InsertStatement => ({
  kind: "insert", source, columns, rows: 1, returning: [],
  conflict: updated.length === 0 ? null : { target: owned.primaryKey.columns, update: updated, mode: "set", live: false, version: null },
});
const updateOf = (source: TableSource, assignments: readonly PropertyModel[]): UpdateStatement =>
  ({ kind: "update", mode: "set", source, assignments, keeps: [], where: always, returning: [] });

/** Every kind of statement, written on a source. */
const kinds: Readonly<Record<Statement["kind"], (source: TableSource) => Statement>> = {
  select: (source) => statement<SelectStatement>({ kind: "select", source, columns: [title], where: always, order: [], limitSlot: null, offsetSlot: null }),
  count: (source) => statement<CountStatement>({ kind: "count", source, where: always }),
  exists: (source) => statement<ExistsStatement>({ kind: "exists", source, where: always }),
  aggregate: (source) => statement<AggregateStatement>({
    kind: "aggregate", source, where: always, groups: [], having: always, order: [], limitSlot: null, offsetSlot: null,
    measures: [{ kind: "count", property: null, as: title, selected: true }],
  }),
  insert: (source) => statement<InsertStatement>(insertInto(source, [title])),
  update: (source) => statement<UpdateStatement>(updateOf(source, [title])),
  delete: (source) => statement<DeleteStatement>({ kind: "delete", source, where: always, returning: [] }),
};
const everyKind = Object.entries(kinds) as [Statement["kind"], (source: TableSource) => Statement][];

describe("the door", () => {
  it("opens an owned table for its owner's context and for the system", () => {
    expect(openTable(owned, ctx).access).toEqual({ kind: "user", owner, key: 7 });
    expect(openTable(owned, system).access).toEqual({ kind: "system", owner });
  });

  it("opens a public table for everybody", () => {
    expect(openTable(open).access).toEqual({ kind: "public" });
    expect(openTable(open, unscoped).access).toEqual({ kind: "public" });
    expect(openTable(open, ctx).access).toEqual({ kind: "public" });
  });

  it.each<[string, unknown]>([
    ["no scope", undefined], ["null", null], ["unscoped", unscoped], ["another symbol", Symbol("unscoped")],
    ["an object with the same fields", { owner: User, key: 7, actor: 7 }],
    ["a copy", { ...ctx }], ["a proxy", new Proxy(ctx, {})], ["the prototype", UserContext.prototype], ["an access", openTable(owned, ctx).access],
    ["a source", openTable(owned, ctx)], ["a key", 7], ["a user", Object.assign(new User(), { user_id: 7 })], ["a condition", { title: "x" }],
    ["a context of another owner entity", UserContext.forKey(Team, 7)],
  ])("stays shut for an owned table and %s", async (_, scope) => {
    const error = await failure(ContextRequiredError, () => openTable(owned, scope as Context));
    expect([error.code, error.entity]).toEqual(["CONTEXT_REQUIRED", "Document"]);
  });

  it("stays shut when the scope is left out", async () => {
    await failure(ContextRequiredError, () => (openTable as unknown as (model: OwnedModel) => TableSource)(owned));
  });

  it("gives a source that never changes", () => {
    const source = openTable(owned, ctx);
    expect(Object.isFrozen(source)).toBe(true);
    expect(() => Object.assign(source, { access: { kind: "public" } })).toThrow(TypeError);
    expect(isTableSource(source)).toBe(true);
    expect(requireSource(source)).toBe(source);
  });
});

describe("a statement", () => {
  const real = openTable(owned, ctx);
  const forgeries: readonly (readonly [string, unknown])[] = [
    ["an object literal", { kind: "table", model: owned, access: { kind: "public" } }],
    ["a literal with a user's access", { kind: "table", model: owned, access: real.access }],
    ["a spread copy of a real source", { ...real }],
    ["a frozen spread copy", Object.freeze({ ...real })],
    ["an object derived from a real source", Object.create(real)],
    ["a proxy around a real source", new Proxy(real, {})],
    ["a structured look-alike", JSON.parse(JSON.stringify({ kind: "table" }))],
    ["undefined", undefined], ["null", null], ["the model", owned],
  ];

  describe.each(everyKind)("of kind %s", (_, write) => {
    it("is made of a real source", () => {
      const made = write(real);
      expect(made.source).toBe(real);
      expect(Object.isFrozen(made)).toBe(true);
    });

    it.each(forgeries)("is not made of %s", async (__, forgery) => {
      const error = await failure(InvalidQueryError, () => write(forgery as TableSource));
      expect(error.message).toContain("openTable(model, scope)");
      expect(isTableSource(forgery)).toBe(false);
    });
  });

  it.each(everyKind)("of kind %s names the owner in a user's name, and leaves the owner out in the system's", (kind, write) => {
    const column = `"${owner.column}"`;
    const mine = sqliteDialect.compile(write(real));
    const all = sqliteDialect.compile(write(openTable(owned, system)));
    expect(mine.sql).toContain(column);
    expect(mine.binders.map((bind) => bind(7, ["x"]))).toContain(7);
    expect(all.sql).not.toContain(column);
    // The owner's guard never hides behind the caller's condition: it is the first thing that a WHERE says.
    if (kind !== "insert") expect(mine.sql).toMatch(/ where \(?"document"\."user_id" = \?/);
  });

  describe("that writes the owner column", () => {
    const others = (): [string, PropertyModel][] => [["the property", owner], ["a copy of the property", { ...owner }]];

    it.each(others())("is refused in a user's name, by %s", async (_, written) => {
      const writes: readonly (() => Statement)[] = [
        () => statement<UpdateStatement>(updateOf(real, [written])),
        () => statement<UpdateStatement>(updateOf(real, [title, written])),
        () => statement<InsertStatement>(insertInto(real, [written, title])),
        () => statement<InsertStatement>(insertInto(real, [title], [written])),
      ];
      for (const write of writes) {
        const error = await failure(InvalidQueryError, write);
        expect([error.entity, error.property]).toEqual(["Document", "user_id"]);
      }
    });

    it("is allowed to the system", () => {
      const source = openTable(owned, system);
      expect(sqliteDialect.compile(statement<UpdateStatement>(updateOf(source, [owner]))).sql).toContain('set "user_id" =');
      expect(sqliteDialect.compile(statement<InsertStatement>(insertInto(source, [owner, title]))).sql).toContain('("user_id", "title")');
    });
  });

  it("that meets a row on a unique key changes only a row of the same owner", () => {
    const sql = sqliteDialect.compile(statement<InsertStatement>(insertInto(real, [title], [title]))).sql;
    expect(sql).toContain('where "document"."user_id" = excluded."user_id"');
  });
});

describe("hand-written statements", () => {
  const rows = (source: TableSource) => ({ kind: "rows", source, alias: "d" }) as const;

  it("take the scope's own sources alone", () => {
    const mine = openTable(owned, ctx);
    expect(handWritten({ scope: ctx, checked: true, parts: [rows(mine)] }).parts).toEqual([rows(mine)]);
    for (const source of [{ ...mine }, openTable(owned, system), openTable(owned, UserContext.forKey(User, 8)), openTable(open)]) {
      expect(() => handWritten({ scope: ctx, checked: true, parts: [rows(source)] })).toThrow(InvalidQueryError);
    }
  });

  it("hold nothing unchecked but for the system", () => {
    const text = { kind: "verbatim", text: "delete from document" } as const;
    const bare = (source: TableSource) => ({ kind: "bare", source, alias: null }) as const;
    expect(() => handWritten({ scope: ctx, checked: true, parts: [text] })).toThrow(InvalidQueryError);
    expect(() => handWritten({ scope: ctx, checked: false, parts: [text] })).toThrow(InvalidQueryError);
    expect(() => handWritten({ scope: ctx, checked: false, parts: [rows(openTable(owned, ctx))] })).toThrow(InvalidQueryError);
    expect(() => handWritten({ scope: ctx, checked: true, parts: [bare(openTable(owned, ctx))] })).toThrow(InvalidQueryError);
    expect(() => handWritten({ scope: unscoped, checked: false, parts: [] })).toThrow(InvalidQueryError);
    expect(handWritten({ scope: system, checked: false, parts: [text, bare(openTable(owned, system))] }).parts).toHaveLength(2);
  });
});
