import {
  AltKey, Column, CreatedAt, DeletedAt, Entity, ForeignKey, Json, ManyToMany, ManyToOne, OneToMany, OneToOne, PrimaryKey, SubEntity, Unique, User, UserOwned, Version, type OwnerId, type ToMany, type ToOne,
} from "freehold";

/** Nobody's: every user may read it and refer to it. */
@Entity()
export class Topic {
  @PrimaryKey({ generate: "none" }) name!: string;
  @OneToMany(() => Box) boxes?: ToMany<Box>;
  @ManyToMany(() => Item, { through: () => ItemTopic }) items?: ToMany<Item>;
  @ManyToMany(() => Pref, { through: () => PrefTopic }) prefs?: ToMany<Pref>;
  @OneToOne(() => Pin, "topic") pin?: ToOne<Pin>;
}

@Entity()
@UserOwned({ by: "user_id" })
export class Box {
  @PrimaryKey() box_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @AltKey() @Column() name!: string;
  @Column({ default: 0 }) size!: number;
  @ForeignKey("Box.box_id", { nullable: true, onDelete: "SET NULL" }) parent_id!: number | null;
  @ForeignKey("Topic.name", { nullable: true }) topic!: string | null;
  @CreatedAt() created_at!: Date;
  @ManyToOne(() => Box, "parent_id") parent?: ToOne<Box>;
  @OneToMany(() => Box, "parent_id") children?: ToMany<Box>;
  @OneToMany(() => Item) items?: ToMany<Item>;
  @OneToMany(() => Tag) tags?: ToMany<Tag>;
  @OneToOne(() => Cover, "box_id") cover?: ToOne<Cover>;
  @ManyToOne(() => Topic) subject?: ToOne<Topic>;
}

@Entity()
@UserOwned()
export class Item {
  @PrimaryKey() item_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @AltKey() @ForeignKey("Box.box_id", { onDelete: "CASCADE" }) box_id!: number;
  @AltKey() @Column() name!: string;
  @Column({ default: 0 }) size!: number;
  @ManyToOne(() => Box) box?: ToOne<Box>;
  @ManyToMany(() => Topic, { through: () => ItemTopic }) topics?: ToMany<Topic>;
}

@Entity()
@UserOwned()
export class Tag {
  @PrimaryKey() tag_id!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @AltKey() @Column() name!: string;
  @Column({ default: 0 }) size!: number;
  @Version() version!: number;
  @DeletedAt() gone!: Date | null;
  @ForeignKey("Box.box_id", { nullable: true, onDelete: "SET NULL" }) box_id!: number | null;
  @ManyToOne(() => Box) box?: ToOne<Box>;
  @OneToMany(() => Pref) prefs?: ToMany<Pref>;
}

@Entity()
@UserOwned()
@Unique("size", "tag_id")
export class Pref {
  @PrimaryKey({ generate: "none" }) name!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ default: 0 }) size!: number;
  @ForeignKey("Tag.tag_id", { nullable: true, onDelete: "CASCADE" }) tag_id!: string | null;
  @ManyToOne(() => Tag) tag?: ToOne<Tag>;
  @ManyToMany(() => Topic, { through: () => PrefTopic }) topics?: ToMany<Topic>;
}

/** Between topics and owned rows whose keys are the same for every owner. */
@Entity()
@UserOwned({ by: "user_id" })
export class PrefTopic {
  @PrimaryKey({ generate: "none" }) @ForeignKey("Pref.name", { onDelete: "CASCADE" }) pref!: string;
  @PrimaryKey({ generate: "none" }) @ForeignKey("Topic.name") topic!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
}

/** One for each box. */
@Entity()
@UserOwned()
export class Cover {
  @PrimaryKey() cover_id!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() name!: string;
  @ForeignKey("Box.box_id", { unique: true, onDelete: "CASCADE" }) box_id!: number;
  @OneToOne(() => Box, "box_id") box?: ToOne<Box>;
}

/** Between owned items and topics that are nobody's. */
@Entity()
@UserOwned({ by: "user_id" })
export class ItemTopic {
  @PrimaryKey({ generate: "none" }) @ForeignKey("Item.item_id", { onDelete: "CASCADE" }) item_id!: number;
  @PrimaryKey({ generate: "none" }) @ForeignKey("Topic.name") topic!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
}

/** One for each owner and topic. */
@Entity()
@UserOwned({ by: "user_id" })
export class Pin {
  @PrimaryKey() pin_id!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() name!: string;
  @ForeignKey("Topic.name", { unique: true }) topic!: string;
}

/** One for each owner, with a value that no two owners may share: said aloud, and therefore a way to aim at another's row. */
@Entity()
@UserOwned()
@Unique("handle", { global: true })
export class Handle {
  @PrimaryKey({ generate: "none" }) slot!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() handle!: string;
  @Column({ default: 0 }) size!: number;
}

/** With ids of its own for each owner: they are compared as they are. */
@Entity()
@UserOwned({ by: "user_id" })
export class Bill {
  @PrimaryKey({ generate: "perOwner" }) bill_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ unique: true }) name!: string;
  @Column({ default: 0 }) size!: number;
  @ForeignKey("Box.box_id", { nullable: true, onDelete: "SET NULL" }) box_id!: number | null;
  @ForeignKey("Bill.bill_id", { nullable: true, onDelete: "SET NULL" }) before!: number | null;
  @ManyToOne(() => Box) box?: ToOne<Box>;
  @ManyToOne(() => Bill, "before") previous?: ToOne<Bill>;
}

/** Two kinds of rows in one table, with JSON inside. */
@Entity({ discriminator: "kind" })
@UserOwned({ by: "user_id" })
export abstract class Memo {
  @PrimaryKey() memo_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ unique: true }) name!: string;
  @Column({ default: 0 }) size!: number;
  @Json(undefined, { nullable: true }) data!: unknown;
  @ForeignKey("Box.box_id", { nullable: true, onDelete: "SET NULL" }) box_id!: number | null;
  @DeletedAt() gone!: Date | null;
  @ManyToOne(() => Box) box?: ToOne<Box>;
}
@SubEntity("short") export class ShortMemo extends Memo { @Column({ default: "s" }) text!: string; }
@SubEntity("long") export class LongMemo extends Memo { @Column({ type: "text", nullable: true, unique: true }) code!: string | null; }

export const programEntities = [Memo, ShortMemo, LongMemo, User, Topic, Box, Item, Tag, Pref, Cover, ItemTopic, PrefTopic, Pin, Handle, Bill];
