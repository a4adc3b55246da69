import type { SystemKeys } from "../metadata/owner-id";
import { recordClass } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";

type InstanceOf<C> = C extends abstract new (...args: never[]) => infer E ? E : never;

/** What the class must be besides a class; the property's name is the message that the compiler shows. */
type NeedsSystemKey<C> = [SystemKeys<InstanceOf<C>>] extends [never]
  ? { readonly "an entity under @SystemOwned() needs a primary key typed SystemId": never } : unknown;

/**
 * Keeps an entity to the system: only a `SystemContext` opens it, and it may refer to rows of any owner (moderation reports,
 * audit trails). Such a reference never holds on to the row: it is deleted with it or set to null. The primary key is typed `SystemId`.
 *
 * @example
 * @Entity() @SystemOwned()
 * class Report { @PrimaryKey({ generate: "identity" }) id!: SystemId; @ForeignKey("Document.doc_id", { onDelete: "CASCADE" }) doc_id!: number; }
 */
export function SystemOwned(): <C extends AnyClass>(target: C & NeedsSystemKey<C>) => void {
  return (target) => recordClass(target, Object.freeze({ kind: "systemOwned" }));
}
