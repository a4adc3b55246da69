import type { EntityModel, PropertyModel } from "../../model/entity-model";
import { quoteLiteral } from "./postgres-names";

const NEUTRAL: Readonly<Record<Exclude<PropertyModel["type"], "enum">, string>> = {
  integer: "0", bigint: "0", real: "0", decimal: "0", boolean: "false", text: "''", uuid: "'00000000-0000-0000-0000-000000000000'::uuid",
  blob: "''::bytea", datetime: "'1970-01-01T00:00:00Z'::timestamptz", date: "'1970-01-01'::date", json: "'{}'::jsonb",
};

/** A value like any other of a column; null where nobody can make one up. */
export function neutralValue({ foreignKeys }: EntityModel, property: PropertyModel): string | null {
  if (foreignKeys.some((key) => key.reference === property)) return null;
  const [member] = property.values ?? [];
  if (member !== undefined) return typeof member === "number" ? String(member) : quoteLiteral(member);
  return property.type === "enum" ? null : NEUTRAL[property.type];
}
