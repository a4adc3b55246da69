import { IsEmail, Length, Matches } from "class-validator";
import {
  AltKey, BeforeInsert, BeforeUpdate, Column, CreatedAt, Entity, Enum, ForeignKey, ManyToOne, OneToMany, PrimaryKey, Unique, UserInfo, UserOwnedEntity, Version,
  type ToMany, type ToOne,
} from "freehold";

/** What the application knows of its users. */
export class Planner extends UserInfo {
  @Length(1, 80) name!: string;
  @IsEmail() email!: string;
}

/** A business whose money is planned. */
@Entity()
export class Organisation extends UserOwnedEntity {
  @PrimaryKey() organisation_id!: number;
  @AltKey() @Column() @Length(1, 80) name!: string;
  @OneToMany(() => Account, "organisation_id") accounts?: ToMany<Account>;
}

export type AccountKind = "cash" | "credit card";

/** Amounts are whole cents everywhere. */
@Entity()
export class Account extends UserOwnedEntity {
  @PrimaryKey() account_id!: number;
  @AltKey() @ForeignKey(() => [Organisation, "organisation_id"], { onDelete: "CASCADE" }) organisation_id!: number;
  @AltKey() @Column() @Length(1, 80) name!: string;
  @Enum(["cash", "credit card"]) kind!: AccountKind;
  @Column({ default: 0 }) opening_cents!: number;
  /** The cash account that pays a credit card: another row of the same owner, and of nobody else's. */
  @ForeignKey(() => [Account, "account_id"], { nullable: true, onDelete: "SET NULL" }) paid_from_id!: number | null;
  @ManyToOne(() => Organisation, "organisation_id") organisation?: ToOne<Organisation>;
  @ManyToOne(() => Account, "paid_from_id") paid_from?: ToOne<Account>;
}

export type Recurrence = "once" | "weekly" | "monthly";

/**
 * Something that happens again and again. A change from some day on ends one version at that day and begins the next, which points at
 * the first one: what was planned before stays readable.
 */
@Entity()
@Unique("root_id", "revision")
export class ScheduledEvent extends UserOwnedEntity {
  @PrimaryKey() event_id!: number;
  @ForeignKey(() => [Account, "account_id"], { onDelete: "CASCADE" }) account_id!: number;
  /** The first version; null in the first version itself. */
  @ForeignKey(() => [ScheduledEvent, "event_id"], { nullable: true, onDelete: "CASCADE" }) root_id!: number | null;
  @Column({ default: 1 }) revision!: number;
  @Column() @Length(1, 80) label!: string;
  /** Below zero: money goes out. */
  @Column() cents!: number;
  @Enum(["once", "weekly", "monthly"]) every!: Recurrence;
  /** The day of the first one: every later one follows from it. */
  @Column({ type: "date" }) starts!: string;
  /** The first day on which this version holds. */
  @Column({ type: "date" }) valid_from!: string;
  /** The first day on which it holds no more; null: it has no end. */
  @Column({ type: "date", nullable: true }) valid_until!: string | null;
  /** Two people who change one event at once do not lose each other's change. */
  @Version() lock!: number;
  @ManyToOne(() => Account, "account_id") account?: ToOne<Account>;

  @BeforeInsert()
  @BeforeUpdate()
  check(): void {
    if ((this.valid_until as string | null | undefined ?? null) !== null && String(this.valid_until) < this.valid_from) {
      throw new RangeError(`${this.label} would end on ${String(this.valid_until)}, before it begins on ${this.valid_from}`);
    }
  }
}

/** Money that moves on one day. `source` says where it comes from: made twice, it is the same row. */
@Entity()
@Unique("account_id", "source", "day")
export class CashEvent extends UserOwnedEntity {
  @PrimaryKey({ generate: "perOwner" }) cash_event_id!: number;
  @ForeignKey(() => [Account, "account_id"], { onDelete: "CASCADE" }) account_id!: number;
  @ForeignKey(() => [ScheduledEvent, "event_id"], { nullable: true, onDelete: "CASCADE" }) event_id!: number | null;
  @Column() @Matches(/^(event|card):\d+$/) source!: string;
  @Column({ type: "date" }) day!: string;
  @Column() label!: string;
  @Column() cents!: number;
  @CreatedAt() created_at!: Date;
}
