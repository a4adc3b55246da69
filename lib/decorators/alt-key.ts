import { recordProperty } from "../metadata/record-store";

/**
 * Marks a stored property as part of the entity's alternative key: the name by which people know a row, unique among all rows (of one
 * owner, in an owned entity). A foreign key in it goes on into its target's own alternative key.
 *
 * @example
 * class Account { @AltKey() @ForeignKey("Company.id") companyId!: number; @AltKey() @Column() name!: string; }
 * await accounts.findByAltKey({ companyId: { code: "acme" }, name: "Cash" });
 */
export function AltKey(): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({ kind: "altKey", property }));
}
