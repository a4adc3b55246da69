import type { DatabaseModel, EntityModel } from "../../model/entity-model";
import type { SchemaObject } from "../dialect";
import { numberingOf } from "../numbering";
import type { PartShape, SchemaShape } from "../schema-shape";
import { quoteIdentifier as quote } from "./postgres-names";
import { policyObjects, type PolicySetting } from "./postgres-policies";
import { nullingTriggers, referenceObjects, triggerObjects } from "./postgres-references";
import { grantObjects, ownerObjects, roleObjects, TABLE_RIGHTS } from "./postgres-roles";
import { createdTable, tableObjects } from "./postgres-tables";

/** The schema as data. */
export function postgresShape(model: DatabaseModel, setting: PolicySetting): SchemaShape {
  const { roles, layout } = setting;
  return {
    dialect: "postgres",
    roles: roles === null ? [] : roleObjects(roles).map(({ sql }) => sql),
    tables: model.tables.map((table) => ({ ...createdTable(table, layout), parts: parts(table, model.tables, setting), numbering: numberingOf(model, table) })),
  };
}

function parts(model: EntityModel, tables: readonly EntityModel[], setting: PolicySetting): readonly PartShape[] {
  const { roles, layout } = setting;
  const own = (object: SchemaObject): PartShape => part(object, [model.table]);
  return [
    ...tableObjects(model, layout).filter(({ kind }) => kind !== "table").map(own),
    ...referenceObjects(model, tables, layout).map((object, place) => part(object, [model.table, model.foreignKeys[place]?.targetTable ?? model.table])),
    ...triggerObjects(model).map((object, place) => part(object, [model.table, nullingTriggers(model)[place]?.table ?? model.table])),
    ...policyObjects(model, setting).map(own),
    ...(roles === null ? [] : [...grantObjects(model, roles), ...ownerObjects(model, roles, layout)].map(own)),
  ];
}

function part({ kind, name, id, sql }: SchemaObject, touches: readonly string[]): PartShape {
  const [what, relation = "", other = ""] = JSON.parse(id) as readonly string[];
  const on = quote(relation);
  const shape = (of: PartShape["kind"], key: string, drop: string): PartShape => ({ kind: of, key, sql, drop, touches });
  // A partition is told by its place, all else that speaks of one by the partition's name.
  const place = relation === touches[0] ? "" : `${relation} `;
  switch (kind) {
    case "index": return shape(kind, name, `drop index ${quote(name)}`);
    case "foreignKey": return shape(kind, name, `alter table ${on} drop constraint ${quote(name)}`);
    case "trigger": return shape(kind, name, `drop trigger ${quote(name)} on ${on};\ndrop function ${quote(name)}()`);
    case "rowSecurity": return shape(kind, place, `alter table ${on} no force row level security;\nalter table ${on} disable row level security`);
    case "policy": return shape(kind, `${place}${other}`, `drop policy ${quote(other)} on ${on}`);
    case "grant": return shape(kind, `${what ?? ""} ${other}`, what === "grant"
      ? `revoke ${TABLE_RIGHTS.join(", ")} on ${on} from ${quote(other)}`
      : sql.replace(/grant ([a-z, ]+) on sequence %s to %I/, "revoke $1 on sequence %s from %I"));
    case "partition": return shape(kind, name, "");
    case "owner": return shape(kind, place, "");
    case "role": case "table": case "distribution": throw new TypeError(`${name} is no part of a table`);
  }
}
