import * as fc from "fast-check";
import { Column, Entity, Enum, ForeignKey, Json, PrimaryKey, User, UserOwned } from "freehold";
import type { EntityClass } from "../../lib/metadata/records";

/** Kinds of properties as random models have them. */
export const KINDS = ["integer", "bigint", "real", "decimal", "boolean", "text", "uuid", "blob", "datetime", "date", "json", "enum"] as const;
export type Kind = typeof KINDS[number];

/** A property; `uid` stays the same whatever becomes of it. */
export interface Property {
  readonly uid: number;
  readonly name: string;
  readonly kind: Kind;
  readonly nullable: boolean;
  readonly fallback: boolean;
  readonly unique: boolean;
  readonly index: boolean;
  readonly members: number;
}

export interface Reference {
  readonly uid: number;
  readonly name: string;
  readonly target: number;
  readonly cascade: boolean;
}

export interface Table {
  readonly uid: number;
  readonly name: string;
  readonly owned: boolean;
  readonly key: "identity" | "uuid";
  readonly properties: readonly Property[];
  readonly references: readonly Reference[];
}

export type Model = readonly Table[];

const ENTITIES = ["Alpha", "Beta", "Gamma", "Delta", "Order", "Select"];
const NAMES = ["title", "group", "note", "count", "fooBar", "when", "size", "élan"];
const MEMBERS = ["red", "it's", "blue"];

const property = fc.record({
  kind: fc.constantFrom(...KINDS), nullable: fc.boolean(), fallback: fc.boolean(), unique: fc.nat(3).map((n) => n === 0), index: fc.nat(3).map((n) => n === 0),
  members: fc.integer({ min: 1, max: 3 }),
});

/** Models without names; {@link named} gives them some. */
export const models: fc.Arbitrary<Model> = fc.array(fc.record({
  owned: fc.boolean(), key: fc.constantFrom("identity" as const, "uuid" as const), properties: fc.array(property, { minLength: 1, maxLength: 4 }),
  references: fc.array(fc.record({ target: fc.nat(3), cascade: fc.boolean() }), { maxLength: 2 }),
}), { minLength: 1, maxLength: 4 }).map((tables) => normal(tables.map((table, place) => ({
  ...table, uid: place, name: ENTITIES[place]!,
  properties: table.properties.map((one, index) => ({ ...one, uid: place * 100 + index, name: NAMES[index]! })),
  references: table.references.map((one, index) => ({ ...one, uid: place * 100 + 50 + index, name: `ref${index}`, target: one.target % tables.length })),
}))));

export interface Edit {
  readonly table: number;
  readonly place: number;
  readonly what: "add" | "drop" | "rename" | "kind" | "nullable" | "fallback" | "unique" | "index" | "members" | "addTable" | "dropTable" | "renameTable" | "owned" | "addRef" | "dropRef" | "cascade";
  readonly property: Omit<Property, "uid" | "name">;
}

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(fc.record({
  table: fc.nat(3), place: fc.nat(7), property,
  what: fc.constantFrom("add", "add", "drop", "rename", "rename", "kind", "kind", "nullable", "fallback", "unique", "index", "members", "addTable", "dropTable", "renameTable", "owned", "addRef", "dropRef", "cascade"),
}), { minLength: 1, maxLength: 6 });

/** The model after the edits; those that mean nothing are left out. */
export function edited(before: Model, list: readonly Edit[]): Model {
  let next = 1000;
  const model = list.reduce<Model>((tables, edit) => {
    next += 1;
    const at = tables.length === 0 ? -1 : edit.table % tables.length;
    const table = tables[at];
    if (edit.what === "addTable" || table === undefined) {
      const name = ENTITIES.find((candidate) => !tables.some((other) => other.name === candidate) && !before.some((other) => other.name === candidate));
      return name === undefined ? tables : [...tables, { uid: next, name, owned: edit.property.unique, key: "identity", references: [], properties: [{ ...edit.property, uid: next * 100, name: NAMES[0]! }] }];
    }
    if (edit.what === "dropTable") return tables.filter((other) => other !== table);
    return tables.map((other) => other === table ? changed(table, edit, next, before) : other);
  }, before);
  return normal(model.map((table) => ({ ...table, properties: table.properties.map((one) => settled(one, before)) })));
}

function changed(table: Table, { what, place, property: given, table: other }: Edit, uid: number, before: Model): Table {
  const at = place % Math.max(1, table.properties.length);
  const one = table.properties[at];
  const old = before.find((candidate) => candidate.uid === table.uid);
  const free = NAMES.find((name) => !table.properties.some((candidate) => candidate.name === name) && old?.properties.some((candidate) => candidate.name === name) !== true);
  const set = (change: Partial<Property>): Table => ({ ...table, properties: table.properties.map((candidate) => candidate === one ? { ...candidate, ...change } : candidate) });
  switch (what) {
    case "add": return free === undefined ? table : { ...table, properties: [...table.properties, { ...given, uid, name: free }] };
    case "drop": return table.properties.length < 2 ? table : { ...table, properties: table.properties.filter((candidate) => candidate !== one) };
    case "rename": return free === undefined ? table : set({ name: free });
    case "kind": return set({ kind: given.kind });
    case "nullable": return set({ nullable: one?.nullable === false });
    case "fallback": return set({ fallback: one?.fallback === false });
    case "unique": return set({ unique: one?.unique === false });
    case "index": return set({ index: one?.index === false });
    case "members": return set({ members: given.members });
    case "renameTable": return { ...table, name: ENTITIES.find((name) => !before.some((candidate) => candidate.name === name)) ?? table.name };
    case "owned": return { ...table, owned: !table.owned };
    case "addRef": return table.references.length > 1 ? table
      : { ...table, references: [...table.references, { uid, name: table.references.some(({ name }) => name === "ref5") ? "ref6" : "ref5", target: other, cascade: given.unique }] };
    case "dropRef": return { ...table, references: table.references.slice(1) };
    case "cascade": return { ...table, references: table.references.map((reference) => ({ ...reference, cascade: !reference.cascade })) };
    case "addTable": case "dropTable": return table;
  }
}

/** Values that rows get all alike cannot be unique. */
function settled(one: Property, before: Model): Property {
  const old = before.flatMap((table) => table.properties).find(({ uid }) => uid === one.uid);
  const alike = old === undefined || old.kind !== one.kind || (old.nullable && !one.nullable);
  return alike ? { ...one, unique: false } : one;
}

/** What the rules of models ask for: targets that are there, unique keys of values that differ, names that do not meet. */
function normal(tables: readonly Table[]): Model {
  const known = new Set(tables.map(({ uid }) => uid));
  const names = new Set<string>();
  return tables.filter(({ name }) => !names.has(name) && names.add(name)).map((table) => ({
    ...table,
    properties: table.properties.map((one) => ({ ...one, unique: one.unique && !["boolean", "enum", "json", "blob"].includes(one.kind) })),
    references: table.references.filter(({ target }) => known.has(target)
      // A row of nobody's cannot refer to somebody's.
      && (table.owned || tables.find(({ uid }) => uid === target)?.owned === false)),
  }));
}

export const PROBE_MEMBERS = MEMBERS;

/** The entity classes of a model. */
export function classesOf(model: Model): readonly EntityClass[] {
  return [User, ...model.map((table) => entityOf(table, model))];
}

function entityOf(table: Table, model: Model): EntityClass {
  const target = { [table.name]: class {} }[table.name]! as new () => object;
  const prototype = target.prototype as object;
  PrimaryKey({ generate: table.key, type: table.key === "uuid" ? "uuid" : "integer" })(prototype, "id");
  if (table.owned) ForeignKey("User.user_id")(prototype, "user_id");
  for (const one of table.properties) column(one)(prototype, one.name);
  for (const { name, target: uid, cascade } of table.references) {
    const other = model.find((candidate) => candidate.uid === uid)!;
    // What belongs to somebody may not go with what belongs to nobody.
    const onDelete = table.owned && !other.owned ? "RESTRICT" : cascade ? "CASCADE" : "SET NULL";
    ForeignKey(`${other.name}.id`, { nullable: true, onDelete })(prototype, name);
  }
  Entity({ name: table.name })(target);
  if (table.owned) (UserOwned({ by: "user_id" } as never) as (target: object) => void)(target);
  return target;
}

function column(one: Property): (prototype: object, name: string) => void {
  const { kind, nullable, unique, index, fallback } = one;
  const options = { nullable, unique, index, ...(fallback && DEFAULTS[kind] !== undefined ? { default: DEFAULTS[kind] } : {}) };
  if (kind === "json") return Json(undefined, { nullable });
  if (kind === "enum") return Enum(MEMBERS.slice(0, one.members), { nullable, index });
  return Column({ type: kind, ...options, unique, index: index && kind !== "blob" });
}

const DEFAULTS: Partial<Record<Kind, unknown>> = { integer: 7, bigint: 8n, real: 1.5, decimal: "2.50", boolean: true, text: "it's\na \"default\" `x` ${y}", date: "2024-02-29" };

/** What a column's rows get that have nothing: an expression. */
export function filling({ kind }: Property, dialect: "sqlite" | "postgres"): string {
  const sqlite = dialect === "sqlite";
  switch (kind) {
    case "integer": case "bigint": return "0";
    case "real": return "0.5";
    case "decimal": return sqlite ? "'0.5'" : "0.5";
    case "boolean": return sqlite ? "0" : "false";
    case "text": return "'filled'";
    case "enum": return "'red'";
    case "uuid": return `'11111111-1111-4111-8111-111111111111'${sqlite ? "" : "::uuid"}`;
    case "blob": return sqlite ? "x'00'" : "'\\x00'::bytea";
    case "datetime": return sqlite ? "'2020-01-01T00:00:00.000Z'" : "'2020-01-01T00:00:00.000Z'::timestamptz";
    case "date": return `'2020-01-01'${sqlite ? "" : "::date"}`;
    case "json": return `'{}'${sqlite ? "" : "::jsonb"}`;
  }
}

/** A value of a row, different in each, as a literal. */
export function valueOf({ kind, members }: Property, row: number, dialect: "sqlite" | "postgres"): string {
  const sqlite = dialect === "sqlite";
  const two = String(row + 10);
  switch (kind) {
    case "integer": return String(row * 7 - 3);
    // Beyond the safe integers, and yet a double: whoever looks from outside may read it as one.
    case "bigint": return `${9007199254740992n + 4n * BigInt(row)}`;
    case "real": return `${row}.125`;
    case "decimal": return sqlite ? `'${row}.25'` : `${row}.25`;
    case "boolean": return sqlite ? String(row % 2) : String(row % 2 === 1);
    case "text": return row === 2 ? "'42'" : `'t${row} it''s "é"'`;
    case "enum": return `'${MEMBERS[row % members]!.replace("'", "''")}'`;
    case "uuid": return `'11111111-1111-4111-8111-1111111111${two}'${sqlite ? "" : "::uuid"}`;
    case "blob": return sqlite ? `x'00${two}'` : `'\\x00${two}'::bytea`;
    case "datetime": return `'2024-01-${two}T10:20:30.456Z'${sqlite ? "" : "::timestamptz"}`;
    case "date": return `'2024-03-${two}'${sqlite ? "" : "::date"}`;
    case "json": return `'{"row":${row}}'${sqlite ? "" : "::jsonb"}`;
  }
}
