import type { OwnerKeys } from "../metadata/owner-id";
import { recordClass } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";

type InstanceOf<C> = C extends abstract new (...args: never[]) => infer E ? E : never;

/** What the class must be besides a class; the property's name is the message that the compiler shows. */
export type NeedsOwner<C, By extends string> = [By] extends [OwnerKeys<InstanceOf<C>>]
  ? [OwnerKeys<InstanceOf<C>>] extends [never] ? OwnerMissing : unknown
  : OwnerMissing;

interface OwnerMissing {
  readonly "an entity under @UserOwned() needs a property typed OwnerId (the one that `by` names, if given)": never;
}

/**
 * Makes an entity's rows belong to users: every operation on it needs a `UserContext`. The owner property, typed
 * `OwnerId`, is the class's only foreign key to an entity that is not owned; when there are several, `by` names it.
 *
 * @example
 * @Entity() @UserOwned()
 * class Document { @PrimaryKey() doc_id!: number; @ForeignKey("User.user_id") user_id!: OwnerId; }
 */
export function UserOwned<By extends string = never>(
  options: { readonly by?: By } = {},
): <C extends AnyClass>(target: C & NeedsOwner<C, By>) => void {
  return (target) => recordClass(target, Object.freeze({ kind: "userOwned", by: options.by ?? null }));
}
