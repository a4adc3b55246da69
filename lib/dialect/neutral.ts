import type { EntityModel, PropertyModel } from "../model/entity-model";

/** A value of each type like any other, as the engine writes it. */
export type NeutralValues = Readonly<Record<Exclude<PropertyModel["type"], "enum">, string>>;

/** A value like any other of a column; null where nobody can make one up. */
export function neutralValue({ foreignKeys }: EntityModel, property: PropertyModel, values: NeutralValues, quoteText: (text: string) => string): string | null {
  if (foreignKeys.some((key) => key.reference === property)) return null;
  const [member] = property.values ?? [];
  if (member !== undefined) return typeof member === "number" ? String(member) : quoteText(member);
  return property.type === "enum" ? null : values[property.type];
}
