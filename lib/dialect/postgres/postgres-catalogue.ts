import type { Ask, ColumnDescription, ForeignKeyDescription, TableDescription, UniqueDescription } from "../dialect";
import { canonical, canonicalDefault, indexText } from "./postgres-canonical";
import { databaseName } from "./postgres-names";
import type { PostgresRoles } from "./postgres-options";
import { placeOf, policyText, rowSecurityText, type PolicyText } from "./postgres-policies";
import { NULLING, triggerText } from "./postgres-references";
import { SEQUENCE_RIGHTS, TABLE_RIGHTS } from "./postgres-roles";
import { IDENTITY } from "./postgres-tables";

/** Rows of text: nothing here depends on how a client reads numbers and booleans. */
type Rows = readonly (readonly (string | null)[])[];
type Find = (sql: string, ...parameters: readonly string[]) => Promise<Rows>;

/** Reads one table of the current schema back from the catalogue; null when there is none. */
export async function describeTable(wanted: string, roles: PostgresRoles | null, ask: Ask): Promise<TableDescription | null> {
  const table = databaseName(wanted);
  const [found] = await ask(
    "select oid::text from pg_class where relname = $1::text and relkind in ('r', 'p')"
    + " and relnamespace = (select oid from pg_namespace where nspname = current_schema())", [table]);
  if (found === undefined) return null;
  const find: Find = async (sql, ...parameters) => await ask(sql, [String(found[0]), ...parameters]) as Rows;
  return {
    columns: await columns(find),
    ...await keysAndIndexes(find),
    // Rows are never stored in the order of a key.
    clustered: false,
    foreignKeys: await foreignKeys(find),
    checks: await checks(find),
    triggers: await triggers(find),
    otherTriggers: (await find("select tgname::text from pg_trigger where tgrelid = $1::text::oid and not tgisinternal and tgname not like $2::text order by 1", NULLING)).map(([name]) => name ?? ""),
    generatedColumns: [],
    partitions: await partitions(find),
    ...await security(table, find),
    grants: roles === null ? [] : await grants(table, roles, find),
  };
}

async function columns(find: Find): Promise<readonly ColumnDescription[]> {
  const rows = await find(`
    select a.attname::text, format_type(a.atttypid, a.atttypmod), c.collname::text, a.attidentity::text, a.attgenerated::text,
      a.attnotnull::text, pg_get_expr(d.adbin, d.adrelid), (${SERIAL})::text
    from pg_attribute a join pg_type t on t.oid = a.atttypid
    left join pg_collation c on c.oid = a.attcollation and a.attcollation <> t.typcollation
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = $1::text::oid and a.attnum > 0 and not a.attisdropped order by a.attnum`);
  return rows.map(([name, type, collation, identity, generated, notNull, value, serial]) => ({
    name: name ?? "",
    type: [serial === "true" ? SERIALS[type ?? ""] : type, ...(collation ? [`collate "${collation}"`] : []), ...kindOf(identity, generated)].join(" "),
    nullable: notNull !== "true",
    default: value && serial !== "true" ? canonicalDefault(type ?? "", value) : null,
  }));
}

/** Whether a column (`a`, its default `d`) is the whole primary key and takes its values from a sequence of its own, as `serial` makes it. */
export const SERIAL = `a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) and pg_get_expr(d.adbin, d.adrelid) like 'nextval(%'
  and exists (select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and i.indnkeyatts = 1 and i.indkey[0] = a.attnum)
  and exists (select from pg_depend own join pg_depend used on used.refobjid = own.objid and used.classid = 'pg_attrdef'::regclass and used.objid = d.oid
    where own.classid = 'pg_class'::regclass and own.refclassid = 'pg_class'::regclass and own.refobjid = a.attrelid and own.refobjsubid = a.attnum and own.deptype = 'a')`;

export const SERIALS: Readonly<Record<string, string>> = { smallint: "smallserial", integer: "serial", bigint: "bigserial" };

function kindOf(identity: string | null | undefined, generated: string | null | undefined): readonly string[] {
  if (generated) return ["generated"];
  return identity === "d" ? [IDENTITY] : identity === "a" ? ["generated always as identity"] : [];
}

async function keysAndIndexes(find: Find): Promise<Pick<TableDescription, "primaryKey" | "uniques" | "indexes">> {
  const rows = await find(`
    select indisprimary::text, indisunique::text, pg_get_indexdef(indexrelid), indisvalid::text, indimmediate::text
    from pg_index where indrelid = $1::text::oid order by indexrelid`);
  const found = rows.map(([primary, unique, definition, valid, immediate]) => {
    const { parts, rest } = indexText(definition ?? "");
    const marks = [...(valid === "true" ? [] : ["invalid"]), ...(immediate === "true" ? [] : ["deferrable"])];
    return { primary: primary === "true", unique: unique === "true", parts, rest: [rest, ...marks].filter((part) => part !== "").join(" ") };
  });
  const others = found.filter(({ primary }) => !primary);
  const withRest = ({ parts, rest }: { readonly parts: readonly string[]; readonly rest: string }): readonly string[] => rest === "" ? parts : [...parts, rest];
  return {
    primaryKey: found.filter(({ primary }) => primary).flatMap(withRest),
    uniques: others.filter(({ unique }) => unique).map(({ parts, rest }): UniqueDescription => ({ columns: parts, where: rest === "" ? null : rest.replace(/^where /, "") })),
    indexes: others.filter(({ unique }) => !unique).map(withRest),
  };
}

const ACTIONS: Readonly<Record<string, string>> = { a: "no action", r: "restrict", c: "cascade", n: "set null", d: "set default" };

async function foreignKeys(find: Find): Promise<readonly ForeignKeyDescription[]> {
  const names = (relation: string, numbers: string): string => `(select json_agg(a.attname order by n.place)::text
    from unnest(${numbers}) with ordinality n(number, place) join pg_attribute a on a.attrelid = ${relation} and a.attnum = n.number)`;
  // Where the target is partitioned, there is one more key for each partition, which belongs to the first.
  const rows = await find(`
    select ${names("k.conrelid", "k.conkey")}, case when c.relnamespace = t.relnamespace then t.relname::text else k.confrelid::regclass::text end,
      ${names("k.confrelid", "k.confkey")}, k.confdeltype::text, ${names("k.conrelid", "k.confdelsetcols")}, k.confupdtype::text,
      k.condeferrable::text, k.condeferred::text, k.convalidated::text, to_json(k) ->> 'conenforced',
      exists (select from pg_trigger g where g.tgconstraint = k.oid and g.tgenabled not in ('O', 'A'))::text
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.conrelid = $1::text::oid and k.contype = 'f' and k.conparentid = 0 order by k.oid`);
  return rows.map(([own, target, theirs, onDelete, nulled, onUpdate, deferrable, deferred, validated, enforced, disabled]) => ({
    columns: list(own), targetTable: target ?? "", targetColumns: list(theirs),
    onDelete: `${ACTIONS[onDelete ?? ""] ?? ""}${nulled ? ` (${list(nulled).join(", ")})` : ""}`,
    onUpdate: [ACTIONS[onUpdate ?? ""], ...(deferrable === "true" ? [`deferrable initially ${deferred === "true" ? "deferred" : "immediate"}`] : []), ...stateOf(validated, enforced),
      // Nobody looks after the key then, although the constraint says that it is enforced.
      ...(disabled === "true" ? ["triggers disabled"] : [])].join(" "),
  }));
}

/** PostgreSQL 18 knows constraints that are not enforced; older ones do not have the column. */
function stateOf(validated: string | null | undefined, enforced: string | null | undefined): readonly string[] {
  return [...(validated === "true" ? [] : ["not valid"]), ...(enforced === "false" ? ["not enforced"] : [])];
}

function list(json: string | null | undefined): readonly string[] {
  return json ? JSON.parse(json) as readonly string[] : [];
}

async function checks(find: Find): Promise<readonly string[]> {
  const rows = await find(`
    select conname::text, pg_get_expr(conbin, conrelid), connoinherit::text, convalidated::text, to_json(k) ->> 'conenforced'
    from pg_constraint k where conrelid = $1::text::oid and contype = 'c' order by conname`);
  return rows.map(([name, expression, alone, validated, enforced]) =>
    `${name ?? ""}: ${[canonical(expression ?? ""), ...(alone === "true" ? ["no inherit"] : []), ...stateOf(validated, enforced)].join(" ")}`);
}

async function triggers(find: Find): Promise<readonly string[]> {
  const rows = await find(`
    select t.tgname::text, pg_get_triggerdef(t.oid, true), p.prosrc, t.tgenabled::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where t.tgrelid = $1::text::oid and not t.tgisinternal and t.tgname like $2::text order by t.tgname`, NULLING);
  // A rule turns statements into others, of which no trigger and no policy of the table hears.
  const rules = await find("select rulename::text, pg_get_ruledef(oid, true) from pg_rewrite where ev_class = $1::text::oid order by rulename");
  return [
    ...rows.map(([name, definition, body, enabled]) => `${triggerText(name ?? "", definition ?? "", body ?? "")}${enabled === "O" ? "" : " (not enabled)"}`),
    ...rules.map(([name, definition]) => `rule ${name ?? ""}: ${canonical(definition ?? "")}`),
  ];
}

/** The partitions of a table, whose policies and grants matter as its own. */
const PARTITIONS = "select inhrelid from pg_inherits where inhparent = $1::text::oid";

async function partitions(find: Find): Promise<readonly string[]> {
  const rows = await find(`
    select null, pg_get_partkeydef(oid) from pg_class where oid = $1::text::oid and relkind = 'p'
    union all (select relname::text, pg_get_expr(relpartbound, oid) from pg_class where oid in (${PARTITIONS}) order by length(relname), relname)`);
  return rows.map(([name, text]) => partitionText(name ?? null, text ?? ""));
}

export function partitionText(name: string | null, text: string): string {
  return `${name ?? "by"}${name === null ? "" : ":"} ${canonical(text)}`;
}

async function security(table: string, find: Find): Promise<Pick<TableDescription, "rowSecurity" | "policies">> {
  const relations = await find(`
    select relname::text, relrowsecurity::text, relforcerowsecurity::text from pg_class where oid = $1::text::oid or oid in (${PARTITIONS})
    order by oid <> $1::text::oid, length(relname), relname`);
  const policies = await find(`
    select c.relname::text, p.polname::text, p.polcmd::text, p.polpermissive::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
      (select json_agg(case when r.oid = 0 then 'public' else pg_get_userbyid(r.oid) end order by r.oid)::text from unnest(p.polroles) r(oid))
    from pg_policy p join pg_class c on c.oid = p.polrelid where c.oid = $1::text::oid or c.oid in (${PARTITIONS})
    order by c.oid <> $1::text::oid, length(c.relname), c.relname, p.polname`);
  return {
    rowSecurity: relations.flatMap(([relation, enabled, forced]) => rowSecurityText(table, relation ?? "", enabled === "true", forced === "true")),
    policies: policies.map(([relation, name, command, permissive, using, check, roles]) => policyText(table, relation ?? "", {
      name: name ?? "", command: COMMANDS[command ?? ""] ?? "all", permissive: permissive === "true", roles: list(roles), using: using ?? null, check: check ?? null,
    })),
  };
}

const COMMANDS: Readonly<Record<string, PolicyText["command"]>> = { "*": "all", r: "select", a: "insert", w: "update", d: "delete" };

/**
 * What the two roles and everybody may do; an owner may do everything, and is held by the policies alone. Of the partitions, by
 * their own names, nobody needs anything.
 */
async function grants(table: string, { systemRole, applicationRole }: PostgresRoles, find: Find): Promise<readonly string[]> {
  const rows = await find(`
    select c.relname::text, c.relkind::text, case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee)::text end, lower(a.privilege_type),
      (a.grantee = c.relowner)::text
    from pg_class c cross join lateral aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
    where c.oid = $1::text::oid or c.oid in (${PARTITIONS}) or c.oid in (
      select objid from pg_depend where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjid = $1::text::oid and deptype in ('a', 'i'))
    union all select c.relname::text, 'c', case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee)::text end,
      lower(a.privilege_type) || ' of ' || t.attname, (a.grantee = c.relowner)::text
    from pg_class c join pg_attribute t on t.attrelid = c.oid and t.attacl is not null and not t.attisdropped cross join lateral aclexplode(t.attacl) a
    where c.oid = $1::text::oid or c.oid in (${PARTITIONS})
    order by 1, 2, 3, 4`);
  const matter = [databaseName(systemRole), databaseName(applicationRole ?? systemRole), "public"];
  return rows.flatMap(([relation, kind, role, right, own]) => {
    const usual: readonly string[] = kind === "S" ? SEQUENCE_RIGHTS : TABLE_RIGHTS;
    const partition = kind !== "S" && relation !== table;
    if (!matter.includes(role ?? "") || (own === "true" && (partition || !usual.includes(right ?? "")))) return [];
    const place = kind === "S" ? "sequence: " : placeOf(table, relation ?? "");
    return [`${place}${right ?? ""} to ${role ?? ""}`];
  });
}
