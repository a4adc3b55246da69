import {
  Column, CreatedAt, Entity, Enum, ForeignKey, Index, Json, PrimaryKey, Unique, User, UserContext, UserInfo, UserOwnedEntity, type Database,
} from "freehold";

@Entity()
@Unique("name")
export class Project extends UserOwnedEntity {
  @PrimaryKey() project_id!: number;
  @Column() name!: string;
}

@Entity()
export class Task extends UserOwnedEntity {
  @PrimaryKey() task_id!: number;
  @ForeignKey("Project.project_id", { onDelete: "CASCADE" }) project_id!: number;
  @ForeignKey(() => [Task, "task_id"], { nullable: true, onDelete: "SET NULL" }) parent_id!: number | null;
  @Enum(["open", "done"], { default: "open" }) state!: "open" | "done";
  @Column({ default: false }) urgent!: boolean;
  @Json(undefined, { nullable: true }) extra!: unknown;
}

@Entity()
export class Hen {
  @PrimaryKey() id!: number;
  @ForeignKey(() => [Egg, "id"], { nullable: true }) egg_id!: number | null;
}

@Entity()
export class Egg {
  @PrimaryKey() id!: number;
  @ForeignKey(() => [Hen, "id"], { nullable: true }) hen_id!: number | null;
}

@Entity({ name: "Select", table: 'order "by"; drop' })
export class Hostile {
  @PrimaryKey({ name: "select" }) id!: number;
  @Column({ name: 'a "quoted" name; --' }) text!: string;
}

export async function ownersOf(db: Database) {
  const users = db.repository(User);
  const owner = async (): Promise<UserContext> => UserContext.of(await users.insert({ info: new UserInfo() }));
  return { alice: await owner(), bob: await owner() };
}

export const projectModel = { entities: [Task, Project, User] };

/** Every kind of column, with and without what a column can say of itself. */
@Entity()
@Index("day", "label", { name: "by_day" })
export class Sample {
  @PrimaryKey() id!: string;
  @Column({ default: "it's (1)", unique: true }) label!: string;
  @Column({ default: -5 }) whole!: number;
  @Column({ type: "bigint", default: 9_223_372_036_854_775_807n }) big!: bigint;
  @Column({ type: "real", default: 1e21 }) ratio!: number;
  @Column({ type: "decimal", scale: 2, default: "12.5" }) price!: string;
  @Column({ default: true }) flag!: boolean;
  @Column({ default: Buffer.from([1, 255]) }) bytes!: Buffer;
  @Column({ default: new Date(0) }) moment!: Date;
  @Column({ type: "date", default: "2026-01-31" }) day!: string;
  @Json(undefined, { default: { a: ["it's"] } }) data!: unknown;
  @Enum(["it's", "b)"], { default: "b)" }) kind!: string;
  @Enum([1, -2], { nullable: true }) level!: number | null;
  @Column({ default: () => "made" }) made!: string;
  @Column({ type: "text", nullable: true, index: true }) note!: string | null;
  @CreatedAt() created!: Date;
}

@Entity()
export class Folder extends UserOwnedEntity {
  @PrimaryKey({ generate: "none" }) name!: string;
  @ForeignKey("Folder.name", { nullable: true, onDelete: "CASCADE" }) parent!: string | null;
}

@Entity()
export class Page extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @ForeignKey("Folder.name", { nullable: true, onDelete: "SET NULL", onUpdate: "SET NULL" }) folder!: string | null;
  @ForeignKey("Folder.name", { nullable: true, onUpdate: "CASCADE" }) home!: string | null;
}

@Entity()
export class Lock extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @ForeignKey("Folder.name", { onDelete: "RESTRICT" }) folder!: string;
}

export const folders = [Lock, Page, Folder, User];
export const ODD_TABLE = 'group "by" \'x\'; drop table user; --';
export const ODD_COLUMN = 'order " constraint "x" check (1';

@Entity({ table: ODD_TABLE })
@Unique("value", "up", { name: 'select "u"' })
@Index("up", "value", { name: "where; --" })
export class Odd extends UserOwnedEntity {
  @PrimaryKey({ name: "table" }) id!: number;
  @Enum(["a'b", 'c" check (', ");"], { name: ODD_COLUMN, default: "a'b" }) value!: string;
  @Column({ name: "from, where", default: 'constraint "x" check (1)' }) text!: string;
  @ForeignKey("Odd.id", { name: "null\nnot null", nullable: true, onDelete: "SET NULL" }) up!: number | null;
}

export const LONG = "long_".repeat(13).slice(0, 62);

@Entity({ table: `${LONG}t` })
export class Long extends UserOwnedEntity {
  @PrimaryKey({ name: `${LONG}k` }) id!: number;
  @Column({ name: `${LONG}c`, unique: true, index: true }) text!: string;
  @ForeignKey("Long.id", { name: `${LONG}f`, nullable: true, onDelete: "SET NULL" }) up!: number | null;
}
