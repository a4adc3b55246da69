import {
  contains, Entity, every, ForeignKey, OneToMany, PrimaryKey, some, UserOwned, type Context, type Database, type Loaded, type OwnerId, type Repository, type ToMany,
  type User, type UserContext,
} from "freehold";
import { type Client, Project, Tag, Task } from "../support/tracker";

/** What `with` asked for can be read, and nothing else. */
export async function reading(db: Database, ctx: UserContext): Promise<void> {
  const tasks = db.repository(Task);
  const [task] = await tasks.find(ctx, {}, { with: { project: { with: { client: true } }, tags: true } });
  if (task === undefined) return;
  const name: string | undefined = task.project?.name;
  const client: string | undefined = task.project?.client?.name;
  const tags: readonly string[] = task.tags.map((tag) => tag.name);
  const label: string = task.label();
  const whole: Task = task;
  // @ts-expect-error parent was not asked for
  void task.parent.title;
  // @ts-expect-error nor the tasks of the project
  void task.project?.tasks.length;
  // @ts-expect-error a to-one relation may be null
  void task.project.name;
  const plain = await tasks.findByIdOrFail(ctx, 1);
  // @ts-expect-error nothing was asked for
  void plain.project.name;
  // @ts-expect-error nor a collection
  void plain.tags.map(String);
  void [name, client, tags, label, whole];
}

export async function selecting(db: Database, ctx: UserContext): Promise<void> {
  const tasks = db.repository(Task);
  const task = await tasks.findOneOrFail(ctx, { title: "x" }, { select: ["title"], with: { project: { select: { name: true } } } });
  const title: string = task.title;
  const name: string | undefined = task.project?.name;
  const label: string = task.label();
  // @ts-expect-error done was not selected
  void task.done;
  // @ts-expect-error rank was not selected
  void task.project?.rank;
  // @ts-expect-error no such property
  await tasks.find(ctx, {}, { select: ["titel"] });
  void [title, name, label];
}

export async function asking(db: Database, ctx: UserContext): Promise<void> {
  const tasks = db.repository(Task);
  // @ts-expect-error no such relation
  await tasks.find(ctx, {}, { with: { projct: true } });
  // @ts-expect-error no such relation, beside one that is
  await tasks.find(ctx, {}, { with: { project: true, projct: true } });
  // @ts-expect-error no such relation, one level down
  await tasks.find(ctx, {}, { with: { project: { with: { client: true, clint: true } } } });
  // @ts-expect-error a column is no relation
  await tasks.find(ctx, {}, { with: { title: true } });
  // @ts-expect-error a to-one relation has no limit
  await tasks.find(ctx, {}, { with: { project: { limit: 1 } } });
  await tasks.find(ctx, {}, { with: { subtasks: { where: { title: contains("x") }, orderBy: { title: "asc" }, limit: 1 } } });
  // @ts-expect-error a condition on a property that a subtask does not have
  await tasks.find(ctx, {}, { with: { subtasks: { where: { titel: "x" } } } });
}

export async function filtering(db: Database, ctx: UserContext): Promise<void> {
  const tasks = db.repository(Task);
  await tasks.find(ctx, { project: { name: "x", client: { name: "y" } }, tags: some({ name: "red" }), parent: null });
  await tasks.find(ctx, {}, { orderBy: [{ project: { name: "desc" } }, { title: "asc" }] });
  // @ts-expect-error a collection takes some, none or every
  await tasks.find(ctx, { tags: { name: "red" } });
  // @ts-expect-error a single row takes a condition
  await tasks.find(ctx, { project: some({ name: "x" }) });
  // @ts-expect-error no such property of a project
  await tasks.find(ctx, { project: { titel: "x" } });
  // @ts-expect-error no such property of a tag
  await tasks.find(ctx, { tags: every({ titel: "x" }) });
  // @ts-expect-error a collection gives no order
  await tasks.find(ctx, {}, { orderBy: { tags: { name: "asc" } } });
  // @ts-expect-error a relation is no order by itself
  await tasks.find(ctx, {}, { orderBy: { project: "asc" } });
}

/** Without a context, nothing reaches an owned entity. */
export async function reaching(db: Database, ctx: UserContext): Promise<void> {
  const tags = db.repository(Tag);
  const found = await tags.find({ parent: { name: "x" } }, { with: { parent: true, children: true } });
  void found[0]?.children.length;
  // @ts-expect-error tasks are owned
  await tags.find({}, { with: { tasks: true } });
  // @ts-expect-error tasks are owned, however deep
  await tags.find({}, { with: { children: { with: { tasks: true } } } });
  // @ts-expect-error tasks are owned
  await tags.find({ tasks: some({ title: "x" }) });
  // @ts-expect-error tasks are owned, in count too
  await tags.count({ tasks: some() });
  const bound = tags.as(ctx);
  const mine = await bound.find({ tasks: some({ title: "x" }) }, { with: { tasks: true } });
  void mine[0]?.tasks.length;
  const same: Repository<Tag> = bound;
  void same;
}

export async function loading(db: Database, ctx: UserContext): Promise<void> {
  const project = await db.repository(Project).findByIdOrFail(ctx, 1);
  const loaded = await db.load(ctx, project, { client: true });
  const name: string | undefined = loaded.client?.name;
  const list = await db.load(ctx, [project], { tasks: { with: { tags: true } } });
  const tags = list[0]?.tasks[0]?.tags.length;
  // @ts-expect-error no such relation
  await db.load(ctx, project, { clint: true });
  // @ts-expect-error a context comes first
  await db.load(project, { client: true });
  void [name, tags];
}

/** The result's type has a name, and goes where the entity goes. */
export function naming(project: Loaded<Project, { tasks: true }>, client: Client, user: User): void {
  const plain: Project = project;
  const titles: string[] = project.tasks.map((task) => task.title);
  void [plain, titles, client, user];
}

/** Code over any entity still reads entities. */
export async function generic<E extends object>(repository: Repository<E>): Promise<E[]> {
  const found: E[] = await repository.find();
  return found;
}

/** Nobody's, with relations to owned entities alone. */
@Entity()
export class Shelf {
  @PrimaryKey() id!: number;
  @OneToMany(() => Book) books?: ToMany<Book>;
}

@Entity()
@UserOwned({ by: "user_id" })
export class Book {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Shelf.id") shelfId!: number;
}

export async function throughAPublicEntityAlone(db: Database, ctx: Context): Promise<void> {
  const shelves = db.repository(Shelf);
  // @ts-expect-error books are owned: a context is missing
  await shelves.find({}, { with: { books: true } });
  // @ts-expect-error books are owned: a context is missing
  await shelves.findById(1, { with: { books: { limit: 1 } } });
  // @ts-expect-error there is no such relation
  await shelves.find({}, { with: { pages: true } });
  const [shelf] = await shelves.as(ctx).find({}, { with: { books: true } });
  const ids: readonly number[] | undefined = shelf?.books.map((book) => book.id);
  void ids;
}
