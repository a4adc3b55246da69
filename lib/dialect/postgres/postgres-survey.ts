import type { Deferrable } from "../../metadata/records";
import type { Ask } from "../dialect";
import type { Survey, SurveyedColumn, SurveyedKey, SurveyedReference, SurveyedTable } from "../survey";
import { SERIAL, SERIALS } from "./postgres-catalogue";
import { quoteLiteral } from "./postgres-names";
import { NULLING } from "./postgres-references";
import { surveyedType } from "./postgres-surveyed-type";

type Row = readonly (string | null)[];

const HERE = "(select oid from pg_namespace where nspname = current_schema())";
const TABLES = `(select oid from pg_class where relnamespace = ${HERE} and relkind in ('r', 'p') and not relispartition)`;

/** Reads all tables of the current schema from the catalogue, but for what `describe` reads too. */
export async function surveyDatabase(ask: Ask): Promise<Survey> {
  const rows = async (sql: string): Promise<readonly Row[]> => await ask(sql, []) as readonly Row[];
  const relations = await rows(`
    select c.relname::text, c.relkind::text, c.relispartition::text, obj_description(c.oid, 'pg_class') from pg_class c
    where c.relnamespace = ${HERE} and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') order by c.relname collate "C"`);
  const columns = await readColumns(rows);
  const keys = await readKeys(rows);
  const references = await readReferences(rows);
  const triggers = await rows(`select c.relname::text, t.tgname::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.oid in ${TABLES} and not t.tgisinternal and t.tgname not like ${quoteLiteral(NULLING)} order by t.tgname collate "C"`);
  const isTable = (row: Row): boolean => (row[1] === "r" || row[1] === "p") && row[2] !== "true";
  return {
    tables: relations.filter(isTable).map(([table = "", , , comment = null]): SurveyedTable => {
      const own = keys.filter((key) => key.table === table);
      return {
        name: table ?? "", comment, strict: true,
        columns: columns.filter((column) => column.table === table).map(({ column }) => column),
        primaryKey: own.find(({ kind }) => kind === "primary")?.key.columns ?? [],
        counted: columns.some((column) => column.table === table && column.counted) ? { autoIncrement: true } : null,
        uniques: own.filter(({ kind }) => kind === "unique").map(({ key }) => key),
        indexes: own.filter(({ kind }) => kind === "index").map(({ key }) => key),
        references: references.filter((reference) => reference.table === table).map(({ reference }) => reference),
        triggers: triggers.filter(([on]) => on === table).map(([, name]) => name ?? ""),
      };
    }),
    others: relations.filter((row) => !isTable(row)).map(([name, kind]) => ({ name: name ?? "", what: OTHERS[kind ?? ""] ?? "a partition, whose rows its table holds" })),
  };
}

const OTHERS: Readonly<Record<string, string>> = { v: "a view", m: "a materialized view", f: "a foreign table" };

interface FoundColumn {
  readonly table: string;
  readonly column: SurveyedColumn;
  /** Whether the database counts it, as the whole primary key. */
  readonly counted: boolean;
}

async function readColumns(rows: (sql: string) => Promise<readonly Row[]>): Promise<readonly FoundColumn[]> {
  const found = await rows(`
    select r.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), c.collname::text, base.typname::text, base.typtype::text,
      (select json_agg(e.enumlabel order by e.enumsortorder)::text from pg_enum e where e.enumtypid = base.oid), a.attidentity::text, a.attgenerated::text,
      a.attnotnull::text, pg_get_expr(d.adbin, d.adrelid), (${SERIAL})::text, col_description(a.attrelid, a.attnum),
      exists (select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and i.indnkeyatts = 1 and i.indkey[0] = a.attnum)::text
    from pg_attribute a join pg_class r on r.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    cross join lateral (with recursive types as (select oid, typname, typtype, typbasetype from pg_type where oid = a.atttypid
      union all select b.oid, b.typname, b.typtype, b.typbasetype from pg_type b join types on b.oid = types.typbasetype and types.typtype = 'd')
      select oid, typname, typtype from types where typtype <> 'd') base
    left join pg_collation c on c.oid = a.attcollation and a.attcollation <> t.typcollation
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid in ${TABLES} and a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`);
  return found.map(([table, name, type, collation, base, kind, labels, identity, generated, notNull, value, serial, comment, whole]): FoundColumn => {
    const counted = whole === "true" && (serial === "true" || Boolean(identity));
    const sized = `${type ?? ""}${collation ? ` collate "${collation.replaceAll('"', '""')}"` : ""}`;
    const fullType = serial === "true" ? SERIALS[type ?? ""] ?? sized : identity === "a" ? `${sized} generated always as identity` : sized;
    const text = serial === "true" ? null : value ?? null;
    return {
      table: table ?? "", counted,
      column: {
        ...surveyedType({ type: type ?? "", fullType, base: base ?? "", labels: kind === "e" && labels ? JSON.parse(labels) as readonly string[] : null, value: text }),
        name: name ?? "", comment: comment ?? null, nullable: notNull !== "true", default: text,
        // What is counted beside the key can be written, but needs no entity to be.
        computed: Boolean(generated) || (Boolean(identity) && !counted),
      },
    };
  });
}

interface FoundKey {
  readonly table: string;
  readonly kind: "primary" | "unique" | "index";
  readonly key: SurveyedKey;
}

/** B-trees of whole columns in the usual order; what is more than that, `describe` tells. */
async function readKeys(rows: (sql: string) => Promise<readonly Row[]>): Promise<readonly FoundKey[]> {
  const found = await rows(`
    select r.relname::text, x.relname::text, i.indisprimary::text, i.indisunique::text,
      (select json_agg(a.attname order by n.place)::text from unnest(i.indkey::int2[]) with ordinality n(number, place)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = n.number)
    from pg_index i join pg_class r on r.oid = i.indrelid join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
    where i.indrelid in ${TABLES} and m.amname = 'btree' and i.indpred is null and i.indexprs is null and i.indnkeyatts = i.indnatts and i.indisvalid
      and i.indimmediate and not i.indnullsnotdistinct and not exists (select from unnest(i.indoption::int2[]) o where o <> 0)
      and not exists (select from unnest(i.indclass::oid[]) c join pg_opclass p on p.oid = c where not p.opcdefault)
      and not exists (select from unnest(i.indkey::int2[], i.indcollation::oid[]) k(number, coll) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
        where k.coll <> 0 and k.coll <> a.attcollation)
    order by i.indexrelid`);
  return found.map(([table, name, primary, unique, columns]) => ({
    table: table ?? "", kind: primary === "true" ? "primary" : unique === "true" ? "unique" : "index",
    key: { name: name ?? null, columns: columns ? JSON.parse(columns) as readonly string[] : [] },
  }));
}

const ACTIONS: Readonly<Record<string, string>> = { a: "NO ACTION", r: "RESTRICT", c: "CASCADE", n: "SET NULL", d: "SET DEFAULT" };

interface FoundReference {
  readonly table: string;
  readonly reference: SurveyedReference;
}

async function readReferences(rows: (sql: string) => Promise<readonly Row[]>): Promise<readonly FoundReference[]> {
  const found = await rows(`
    select r.relname::text, k.conname::text, own.attname::text, t.relname::text, target.attname::text, k.confdeltype::text, k.confupdtype::text,
      k.condeferrable::text, k.condeferred::text
    from pg_constraint k join pg_class r on r.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    join pg_attribute own on own.attrelid = k.conrelid and own.attnum = k.conkey[1]
    join pg_attribute target on target.attrelid = k.confrelid and target.attnum = k.confkey[1]
    where k.contype = 'f' and k.conrelid in ${TABLES} and t.relnamespace = r.relnamespace and cardinality(k.conkey) = 1 and k.conparentid = 0
      and k.convalidated and to_json(k) ->> 'conenforced' is distinct from 'false' order by k.oid`);
  return found.map(([table, name, column, targetTable, targetColumn, onDelete, onUpdate, deferrable, deferred]) => ({
    table: table ?? "",
    reference: {
      name: name ?? null, column: column ?? "", targetTable: targetTable ?? "", targetColumn: targetColumn ?? "",
      onDelete: ACTIONS[onDelete ?? ""] ?? "", onUpdate: ACTIONS[onUpdate ?? ""] ?? "",
      deferrable: deferrable === "true" ? `INITIALLY ${deferred === "true" ? "DEFERRED" : "IMMEDIATE"}` as Deferrable : null,
    },
  }));
}
