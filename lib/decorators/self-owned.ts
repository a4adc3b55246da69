import { recordClass } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";
import type { NeedsOwner } from "./user-owned";

/**
 * Makes each row of an owner entity its own: a `UserContext` reads and changes its own row alone. All else, such as
 * storing and deleting rows or listing them, needs a `SystemContext`. The primary key is typed `OwnerId`.
 *
 * @example
 * @Entity() @SelfOwned()
 * class Account { @PrimaryKey({ generate: "identity" }) account_id!: OwnerId; @Column() email!: string; }
 */
export function SelfOwned(): <C extends AnyClass>(target: C & NeedsOwner<C, never>) => void {
  return (target) => recordClass(target, Object.freeze({ kind: "selfOwned" }));
}
