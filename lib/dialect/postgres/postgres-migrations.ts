import { changedTogether } from "../../errors/migration-errors";
import type { ColumnChange, MigrationDialect, SchemaChange, SqlStep, TableChange } from "../migration-dialect";
import { numberingSteps, renumbered } from "../numbering";
import { removals, renamedTables } from "../renames";
import { tableText, type PartShape, type TableShape } from "../schema-shape";
import { columnSteps, conversion, needsRows } from "./postgres-columns";
import { foundShape } from "./postgres-found";
import { quoteIdentifier as quote, quoteLiteral } from "./postgres-names";
import type { PolicySetting } from "./postgres-policies";
import { postgresShape } from "./postgres-shape";

// Forced policies would hide rows from a step without a word; so it fails instead.
const LOCK = "select pg_advisory_xact_lock(hashtextextended('freehold migrate ' || current_schema(), 0)), set_config('row_security', 'off', true)";

/** Changes of a PostgreSQL schema, table by table in place. */
export function postgresMigrations(setting: (model: Parameters<MigrationDialect["shape"]>[0]) => PolicySetting): MigrationDialect {
  return Object.freeze<MigrationDialect>({
    shape: (model) => postgresShape(model, setting(model)),
    found: foundShape,
    steps,
    conversion,
    setting: null,
    lock: LOCK,
    // Every reference was looked at when its constraint was made.
    dangling: async () => [],
    besides: async () => [],
    probes: async () => [],
    journal: {
      table: "freehold_migration",
      create: "create table if not exists freehold_migration (position bigint generated always as identity primary key, name text not null unique,"
        + " checksum text not null, applied_at text not null)",
      exists: "select count(*) from pg_class where relname = 'freehold_migration' and relkind = 'r' and relnamespace ="
        + " (select oid from pg_namespace where nspname = current_schema())",
      list: "select name, checksum, applied_at from freehold_migration order by position",
      insert: "insert into freehold_migration (name, checksum, applied_at) values ($1::text, $2::text, $3::text)",
      remove: "delete from freehold_migration where name = $1::text",
    },
  });
}

function steps(change: SchemaChange): readonly SqlStep[] {
  change.tables.forEach(checkInPlace);
  const { dropped, made } = partsOf(change);
  const of = (parts: readonly PartShape[], kind: PartShape["kind"]): readonly PartShape[] => parts.filter((part) => part.kind === kind);
  const drops = (kind: PartShape["kind"]): readonly SqlStep[] => of(dropped, kind).map(({ drop }) => ({ sql: drop }));
  const makes = (kind: PartShape["kind"]): readonly SqlStep[] => of(made, kind).map(({ sql }) => ({ sql }));
  const { opened, closed } = openings(change, made);
  const removed = removals(change, quote);
  return [
    ...change.to.roles.filter((sql) => !change.from.roles.includes(sql)).map((sql) => ({ sql })),
    ...opened,
    ...drops("trigger"), ...drops("policy"), ...drops("rowSecurity"), ...drops("grant"), ...drops("foreignKey"), ...drops("index"),
    ...change.tables.flatMap(droppedConstraints),
    ...removed.first,
    ...renamedTables(change.tables, quote),
    ...change.tables.flatMap((table) => columnSteps(table)),
    ...removed.last,
    ...change.added.map((table) => ({ sql: tableText(quote(table.table), table) })), ...makes("partition"),
    ...change.tables.flatMap(addedConstraints),
    ...numberingSteps(change, quote, quoteLiteral),
    ...makes("index"), ...makes("foreignKey"), ...makes("trigger"),
    ...makes("rowSecurity"), ...makes("policy"), ...makes("grant"), ...makes("owner"),
    ...closed,
  ];
}

/** How the rows are laid out is decided when a table is made. */
function checkInPlace({ from, to }: TableChange): void {
  const partitions = ({ parts }: TableShape): string => parts.filter(({ kind }) => kind === "partition").map(({ sql }) => sql).join();
  if (from.suffix !== to.suffix || partitions(from) !== partitions(to)) throw changedTogether(from.table);
}

interface Parts {
  readonly dropped: readonly PartShape[];
  readonly made: readonly PartShape[];
}

/** What goes and what comes: all that differs, and all that would stand in the way of a change of what it speaks of. */
function partsOf(change: SchemaChange): Parts {
  const dropped: PartShape[] = [];
  const made: PartShape[] = [];
  const disturbed = new Set(change.tables.filter(disturbs).map(({ from }) => from.table));
  const retyped = change.tables.flatMap(({ from: { table }, columns }) => columns.flatMap(({ from, to }) =>
    from !== null && to !== null && from.type !== to.type ? [{ table, name: quote(from.column) }] : []));
  const inTheWay = ({ touches, sql }: PartShape): boolean =>
    touches.some((table) => disturbed.has(table)) || retyped.some(({ table, name }) => touches.includes(table) && sql.includes(name));
  const same = (part: PartShape, others: readonly PartShape[]): PartShape | undefined =>
    others.find(({ kind, key, sql }) => kind === part.kind && key === part.key && sql === part.sql);
  for (const { from, to } of change.tables) {
    dropped.push(...from.parts.filter((part) => STANDING.includes(part.kind)
      ? !to.parts.some(({ kind, key }) => kind === part.kind && key === part.key)
      : same(part, to.parts) === undefined || inTheWay(part)));
    made.push(...to.parts.filter((part) => {
      const before = same(part, from.parts);
      return before === undefined || dropped.includes(before);
    }));
  }
  // Everything else of a table goes with it.
  for (const { parts } of change.removed) dropped.push(...parts.filter(({ kind }) => kind === "foreignKey" || kind === "trigger"));
  for (const { parts } of change.added) made.push(...parts);
  return { dropped: dropped.filter(({ drop }) => drop !== ""), made };
}

/** What stays on a table whatever becomes of its columns. */
const STANDING: readonly PartShape["kind"][] = ["rowSecurity", "grant", "owner", "partition"];

/** Whether its name or its keys change, on which foreign keys depend. */
function disturbs({ from, to }: TableChange): boolean {
  const keys = ({ constraints }: TableShape): string => constraints.filter(({ kind }) => kind !== "check").map(({ definition }) => definition).join();
  return from.table !== to.table || keys(from) !== keys(to);
}

/** Whether what speaks of the column cannot stay as it is. */
function moves({ from, to }: ColumnChange): boolean {
  return from !== null && (to === null || from.column !== to.column || from.type !== to.type);
}

function remaining({ from, to, columns }: TableChange): (constraint: TableShape["constraints"][number]) => boolean {
  const changed = columns.filter(moves).flatMap((column) => column.from === null ? [] : [quote(column.from.column)]);
  return ({ name, definition }) => [from, to].every(({ constraints }) => constraints.some((other) => other.name === name && other.definition === definition))
    && !changed.some((column) => definition.includes(column));
}

function droppedConstraints(change: TableChange): readonly SqlStep[] {
  const remains = remaining(change);
  return change.from.constraints.filter((constraint) => !remains(constraint))
    .map(({ name }) => ({ sql: `alter table ${quote(change.from.table)} drop constraint ${quote(name)}` }));
}

function addedConstraints(change: TableChange): readonly SqlStep[] {
  const remains = remaining(change);
  return change.to.constraints.filter((constraint) => !remains(constraint))
    .map(({ definition }) => ({ sql: `alter table ${quote(change.to.table)} add ${definition}` }));
}

/**
 * Forced policies show their owner no row: an update would find nothing to change, and a foreign key nothing to complain about. What
 * needs rows is let at them until the end.
 */
function openings(change: SchemaChange, made: readonly PartShape[]): { readonly opened: readonly SqlStep[]; readonly closed: readonly SqlStep[] } {
  const force = (relation: string, not: string): SqlStep => ({ sql: `alter table ${quote(relation)} ${not}force row level security` });
  const all = change.tables.some(needsRows) || renumbered(change).length > 0;
  const ends = new Set(made.filter(({ kind }) => kind === "foreignKey").flatMap(({ touches }) => touches));
  const guarded = change.tables.filter(({ from, to }) => (all || ends.has(to.table)) && from.parts.some(({ kind }) => kind === "rowSecurity"));
  const relations = (table: TableShape): readonly string[] => table.parts.filter(({ kind }) => kind === "rowSecurity")
    .map(({ key }) => key === "" ? table.table : key.trim());
  return {
    // What is said of new values may look at tables that go.
    opened: [...guarded.map(({ from }) => from), ...(all ? change.removed : [])].flatMap(relations).map((relation) => force(relation, "no ")),
    closed: guarded.flatMap(({ to }) => relations(to)).map((relation) => force(relation, "")),
  };
}
