import { ForeignKey } from "../decorators/foreign-key";
import { UserOwned } from "../decorators/user-owned";
import type { OwnerId } from "../metadata/owner-id";

/**
 * A ready base class for entities owned by the provided `User`.
 *
 * @example
 * @Entity() class Note extends UserOwnedEntity { @PrimaryKey() note_id!: number; @Column() text!: string; }
 */
@UserOwned({ by: "user_id" })
export abstract class UserOwnedEntity {
  @ForeignKey("User.user_id") user_id!: OwnerId;
}
