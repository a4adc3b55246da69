import {
  AfterLoad, BeforeInsert, Column, DeletedAt, Entity, ForeignKey, Json, ManyToOne, OneToMany, PrimaryKey, SubEntity, Unique, User, UserOwned, Version,
  type OwnerId, type ToMany, type ToOne,
} from "freehold";
import { Length, Min } from "class-validator";

/** Owned, with subclasses in one table. */
@Entity({ discriminator: "kind" })
@UserOwned({ by: "user_id" })
@Unique("reference")
export abstract class Payment {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() @Min(1) cents!: number;
  @Column() reference!: string;
  @Version() version!: number;
  @DeletedAt() deleted_at!: Date | null;
  @OneToMany(() => Item, "payment_id") items?: ToMany<Item>;
  readonly kind!: string;
  note?: string;
  @AfterLoad() loaded(): void { this.note = `payment ${this.describe()}`; }
  describe(): string { return "?"; }
}

@SubEntity("card")
@Unique("digits")
export class CardPayment extends Payment {
  @Column() @Length(4, 4) digits!: string;
  @Column({ default: "EUR" }) currency!: string;
  @ForeignKey("Bank.code", { nullable: true }) bank_code!: string | null;
  @ManyToOne(() => Bank, "bank_code") bank?: ToOne<Bank>;
  override describe(): string { return `by card ${this.digits}`; }
  @BeforeInsert() trim(): void { this.digits = (this.digits as string | undefined)?.trim() as string; }
}

/** A subclass of a subclass. */
@SubEntity("gold")
export class GoldPayment extends CardPayment {
  @Json() perks!: string[];
  override describe(): string { return `in gold ${this.digits}`; }
}

@SubEntity("cash")
export class CashPayment extends Payment {
  @Column({ type: "text", nullable: true }) till!: string | null;
  override describe(): string { return "in cash"; }
}

@Entity()
@UserOwned({ by: "user_id" })
export class Item {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey(() => [Payment, "id"], { onDelete: "CASCADE" }) payment_id!: number;
  @Column() label!: string;
  @ManyToOne(() => Payment, "payment_id") payment?: ToOne<Payment>;
}

@Entity()
export class Bank {
  @PrimaryKey({ generate: "none" }) code!: string;
}

export const paymentModel = { entities: [User, Bank, Payment, CardPayment, GoldPayment, CashPayment, Item] };

/** Nobody's, with a declared discriminator of numbers. */
export enum Shape { circle = 1, square = 2 }

@Entity({ discriminator: "shape", table: "figures" })
export class Figure {
  @PrimaryKey({ generate: "none" }) name!: string;
  @Column({ type: "integer" }) shape!: Shape;
}
@SubEntity(Shape.circle) export class Circle extends Figure { @Column({ type: "real" }) radius!: number; }
@SubEntity(Shape.square) export class Square extends Figure { @Column({ type: "real" }) side!: number; }
