import type { EntityModel, PropertyModel } from "../../model/entity-model";

const NEUTRAL: Readonly<Record<Exclude<PropertyModel["type"], "enum">, string>> = {
  integer: "0", bigint: "0", real: "0.0", decimal: "'0'", boolean: "0", text: "''", uuid: "'00000000-0000-0000-0000-000000000000'", blob: "x''",
  datetime: "'1970-01-01T00:00:00.000Z'", date: "'1970-01-01'", json: "'{}'",
};

/** A value like any other of a column; null where nobody can make one up. */
export function neutralValue({ foreignKeys }: EntityModel, property: PropertyModel): string | null {
  if (foreignKeys.some((key) => key.reference === property)) return null;
  const [member] = property.values ?? [];
  if (member !== undefined) return typeof member === "number" ? String(member) : `'${member.replaceAll("'", "''")}'`;
  return property.type === "enum" ? null : NEUTRAL[property.type];
}
