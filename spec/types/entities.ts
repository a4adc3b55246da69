import { Column, Entity, Enum, ForeignKey, PrimaryKey, User, UserInfo, UserOwned, UserOwnedEntity, type OwnerId } from "freehold";

/** The entities that the other files of this folder talk about; nothing here ever runs. */

export class Profile extends UserInfo {
  name!: string;
  email!: string;
}

@Entity()
@UserOwned()
export class Document {
  @PrimaryKey() doc_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() title!: string;
  @Column() size!: number;
  @Column() pinned!: boolean;
  @Column() seen!: Date;
  @Column({ type: "text", nullable: true }) note!: string | null;
  @Enum(["draft", "final"]) state!: "draft" | "final";

  describe(): string { return this.title; }
}

@Entity()
export class Note extends UserOwnedEntity {
  @PrimaryKey() note_id!: number;
  @Column() text!: string;
}

@Entity()
export class Country {
  @PrimaryKey({ generate: "none" }) code!: string;
  @Column() name!: string;
}

@Entity()
export class Account {
  @PrimaryKey() account_id!: string;
}

@Entity()
@UserOwned({ by: "account_id" })
export class Invoice {
  @PrimaryKey() invoice_id!: string;
  @ForeignKey("Account.account_id") account_id!: OwnerId<string>;
  @ForeignKey("User.user_id") written_by!: number;
}

/** The owner, optional or nullable in the type: still the owner. */
@Entity()
@UserOwned()
export class Draft {
  @PrimaryKey() draft_id!: number;
  @ForeignKey("User.user_id") user_id?: OwnerId;
}

@Entity()
@UserOwned()
export class Memo {
  @PrimaryKey() memo_id!: number;
  @ForeignKey("User.user_id", { type: "integer" }) user_id!: OwnerId | null;
}

/** Types that are not the owner's brand by accident. */
export interface Loose {
  id: number;
  anything: ReturnType<typeof JSON.parse>;
  unknowable: unknown;
  impossible: never;
  nothing: null;
  reference: number;
}

export { User };
