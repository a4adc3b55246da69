import {
  AltKey, Column, DeletedAt, Entity, Enum, ForeignKey, PrimaryKey, User, UserOwned, type OwnerId,
} from "freehold";

/** Public, known by its code. */
@Entity()
export class Currency {
  @PrimaryKey() id!: number;
  @AltKey() @Column({ length: 3 }) code!: string;
}

@Entity()
@UserOwned({ by: "user_id" })
export class Company {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @AltKey() @Column() name!: string;
  @AltKey() @Column({ type: "date" }) founded!: string;
  @DeletedAt() deleted_at!: Date | null;
}

/** Known by its company, its name and its currency: two ways on, one of them two levels deep from the entries. */
@Entity()
@UserOwned({ by: "user_id" })
export class LedgerAccount {
  @PrimaryKey({ generate: "uuid", type: "uuid" }) id!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @AltKey() @ForeignKey(() => [Company, "id"]) company_id!: number;
  @AltKey() @Column() label!: string;
  @AltKey() @ForeignKey(() => [Currency, "id"]) currency_id!: number;
  @Column({ default: 0 }) cents!: number;
}

@Entity()
@UserOwned({ by: "user_id" })
export class LedgerEntry {
  @PrimaryKey({ generate: "perOwner" }) id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @AltKey() @ForeignKey(() => [LedgerAccount, "id"], { onDelete: "CASCADE" }) account_id!: string;
  @AltKey() @Column({ type: "bigint" }) serial!: bigint;
  @AltKey() @Enum(["in", "out"]) way!: "in" | "out";
}

export const ledgerModel = { entities: [User, Currency, Company, LedgerAccount, LedgerEntry] };
