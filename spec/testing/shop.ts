import {
  Column, CreatedAt, Entity, Enum, ForeignKey, Json, ManyToOne, OneToMany, PrimaryKey, User, UserOwned, type Database, type OwnerId, type ToMany, type ToOne,
} from "freehold";
import type { SeedUser } from "freehold/testing";

/** Nobody's. */
@Entity()
export class Country {
  @PrimaryKey({ generate: "none" }) code!: string;
  @Column() name!: string;
}

/** A column of each kind that an answer may hold. */
@Entity()
@UserOwned({ by: "userId" })
export class Order {
  @PrimaryKey() orderId!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @ForeignKey("Country.code", { nullable: true }) country!: string | null;
  @Column() title!: string;
  @Enum(["draft", "sent"]) state!: "draft" | "sent";
  @Column({ default: 0 }) cents!: number;
  @Column({ type: "decimal", precision: 12, scale: 2, nullable: true }) price!: string | null;
  @Column({ nullable: true, type: "datetime" }) due!: Date | null;
  @Column({ nullable: true, type: "blob" }) scan!: Buffer | null;
  @Json(undefined, { nullable: true }) details!: unknown;
  @CreatedAt() createdAt!: Date;
  @OneToMany(() => Item) items?: ToMany<Item>;
}

/** A uuid key, and one that is counted for each owner beside it. */
@Entity()
@UserOwned()
export class Item {
  @PrimaryKey() itemId!: string;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @ForeignKey("Order.orderId", { onDelete: "CASCADE" }) orderId!: number;
  @Column() name!: string;
  @ManyToOne(() => Order) order?: ToOne<Order>;
}

@Entity()
@UserOwned()
export class Bill {
  @PrimaryKey({ generate: "perOwner" }) number!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() text!: string;
}

export const shopModel = { entities: [User, Country, Order, Item, Bill] };

/** Rows of one user that have nothing in common with another's; three of one user's are two of the other's. */
export async function seedShop(user: SeedUser<User>) {
  const orders = user.repository(Order);
  const scan = Buffer.from(user.text("scan"));
  const first = await orders.insert({
    title: user.text("title"), state: "sent", cents: user.number(), price: `${user.number()}.25`, due: new Date(Date.UTC(2026, 4, user.label === "A" ? 3 : 4, 7, 21)), scan,
    details: { note: user.text("note"), tags: [user.text("tag")] }, country: "at",
  });
  const second = await orders.insert({ title: user.text("title"), state: "draft", cents: user.number(), price: null, due: null, scan: null, details: null, country: null });
  if (user.label === "A") await orders.insert({ title: user.text("title"), state: "draft", cents: user.number(), price: null, due: null, scan: null, details: null });
  const item = await user.repository(Item).insert({ orderId: first.orderId, name: user.text("item") });
  const bill = await user.repository(Bill).insert({ text: user.text("bill") });
  return { first, second, item, bill };
}

export type Fixture = Awaited<ReturnType<typeof seedShop>>;

export async function shareShop(db: Database): Promise<void> {
  await db.repository(Country).insertMany([{ code: "at", name: "Austria" }, { code: "ch", name: "Switzerland" }]);
}

export const shop = { seed: seedShop, shared: shareShop };
