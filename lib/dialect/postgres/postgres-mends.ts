import type { DatabaseModel, EntityModel } from "../../model/entity-model";
import type { Ddl, SchemaFault } from "../dialect";
import { wantedObject } from "../wanted-objects";
import { objectId } from "./postgres-existing";
import { tableKeys, type Layout } from "./postgres-layout";
import { databaseName, quoteIdentifier as quote } from "./postgres-names";
import { columnList } from "./postgres-tables";

/** Statements that mend a fault of a table and touch no row; null where it takes more. */
export function mendStatements(
  fault: SchemaFault, table: EntityModel, model: DatabaseModel, ddl: Pick<Ddl, "objects" | "expected">, layout: Layout,
): readonly string[] | null {
  const { kind, state, name } = fault;
  const keys = tableKeys(table, layout);
  switch (kind) {
    case "rowSecurity": {
      const [relation, word] = placed(name, table);
      if (word === "enabled") return [`alter table ${quote(relation)} ${state === "missing" ? "enable" : "disable"} row level security`];
      return [`alter table ${quote(relation)} ${state === "missing" ? "" : "no "}force row level security`];
    }
    case "policy": {
      const [relation, policy] = placed(name.slice(0, name.indexOf(": ")), table);
      const wanted = ddl.objects(model).find(({ id }) => id === objectId("policy", relation, policy));
      return [`drop policy if exists ${quote(policy)} on ${quote(relation)}`, ...(wanted === undefined ? [] : [wanted.sql])];
    }
    case "grant": return grant(fault, table);
    case "unique": {
      const wanted = wantedObject(fault, { ...table, uniques: keys.uniques }, ddl.expected(table, model), ddl.objects(model));
      if (wanted !== undefined) return [`drop index if exists ${quote(wanted.name)}`, wanted.sql];
      if (state === "unexpected") return null;
      const key = keys.uniques.find(({ properties, live }) => !live && `(${properties.map(({ column }) => databaseName(column)).join(", ")})` === name);
      return key === undefined ? null : [`alter table ${quote(table.table)} add constraint ${quote(key.name)} unique (${columnList(key.properties)})`];
    }
    case "trigger": {
      const rule = /^rule (.*?): /.exec(name)?.[1];
      if (rule !== undefined) return [`drop rule if exists ${quote(rule)} on ${quote(table.table)}`];
      const wanted = wantedObject(fault, table, ddl.expected(table, model), ddl.objects(model));
      return [`drop trigger if exists ${quote(name.slice(0, name.indexOf(": ")))} on ${quote(table.table)}`, ...(wanted === undefined ? [] : [wanted.sql])];
    }
    case "index": case "partition": {
      const wanted = state === "missing" ? wantedObject(fault, table, ddl.expected(table, model), ddl.objects(model)) : undefined;
      if (wanted === undefined) return null;
      return kind === "index" ? [`drop index if exists ${quote(wanted.name)}`, wanted.sql] : [wanted.sql];
    }
  }
}

/** What is said of a partition has its name in front. */
function placed(text: string, { table }: EntityModel): readonly [relation: string, rest: string] {
  const own = databaseName(table);
  const [, partition, rest] = /^(\S+_p\d+) (.*)$/.exec(text) ?? [];
  return partition !== undefined && rest !== undefined && partition.startsWith(own) ? [partition, rest] : [own, text];
}

/** `right to role`; of a partition with its name in front, of a sequence or a column with the word for it. */
function grant({ name, state }: SchemaFault, table: EntityModel): readonly string[] | null {
  const [, sequence, place, right, role] = /^(sequence: )?(?:(\S+_p\d+) )?(.*) to (.*?)$/.exec(name) ?? [];
  if (sequence !== undefined || right === undefined || role === undefined) return null;
  const [, plain = right, column] = /^(\w+) of (.*)$/.exec(right) ?? [];
  const what = `${plain}${column === undefined ? "" : ` (${quote(column)})`} on ${quote(place ?? table.table)}`;
  const whom = role === "public" ? role : quote(role);
  return [state === "missing" ? `grant ${what} to ${whom}` : `revoke ${what} from ${whom}`];
}
