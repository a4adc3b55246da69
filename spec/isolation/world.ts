import {
  all, Column, Entity, ForeignKey, PrimaryKey, Unique, User, UserContext, UserOwned, type Context, type Database, type OwnerId, type SystemContext,
} from "freehold";
import type { OutsideOptions, PlainStatement, TestDatabases } from "../support/databases";
import { profile, Profile } from "../support/documents";

@Entity()
export class Country {
  @PrimaryKey({ generate: "none" }) code!: string;
  @Column() name!: string;
}

/** An identity key, a unique value, a reference to its own kind and one to a public entity. */
@Entity()
@UserOwned({ by: "user_id" })
export class Project {
  @PrimaryKey() project_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ unique: true }) name!: string;
  @Column({ default: 0 }) budget!: number;
  @ForeignKey("Project.project_id", { nullable: true, onDelete: "SET NULL" }) parent_id!: number | null;
  @ForeignKey("Country.code", { nullable: true }) country!: string | null;
}

/** Goes with its project. */
@Entity()
@UserOwned()
export class Task {
  @PrimaryKey() task_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Project.project_id", { onDelete: "CASCADE" }) project_id!: number;
  @Column() title!: string;
}

/** A uuid key. */
@Entity()
@UserOwned()
export class Token {
  @PrimaryKey() token_id!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ unique: true }) label!: string;
}

/** A key of the caller's own. */
@Entity()
@UserOwned()
@Unique("section", "rank")
export class Setting {
  @PrimaryKey({ generate: "none" }) name!: string;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() value!: string;
  @Column({ type: "text", nullable: true }) section!: string | null;
  @Column({ type: "integer", nullable: true }) rank!: number | null;
}

export const worldModel = { entities: [User, Country, Project, Task, Token, Setting], jsonTypes: [Profile] };

/** Alice's values begin with this; nobody else may ever see it. */
export const SECRET = "alice-secret";

/** The way past the library to one database; null where there is none, as to a database in memory. */
export type Plain = ((statements: readonly PlainStatement[], options?: OutsideOptions) => Promise<readonly unknown[]>) | null;

export function plainOn(databases: TestDatabases, place: string): Plain {
  return databases.shared ? async (statements, options) => databases.outside(place, statements, options) : null;
}

export interface World {
  readonly db: Database;
  readonly plain: Plain;
  readonly alice: User;
  readonly bob: User;
  readonly aliceCtx: UserContext;
  readonly bobCtx: UserContext;
  /** What an attack would do without a guard is shown under this one. */
  readonly system: SystemContext;
  readonly rows: { readonly project: Project; readonly task: Task; readonly token: Token; readonly setting: Setting };
}

/** A database in which Alice has a row of each kind and Bob has none. */
export async function world(databases: TestDatabases): Promise<World> {
  const db = await databases.open(worldModel);
  const users = db.repository(User<Profile>);
  const alice = await users.insert({ info: profile("Alice") });
  const bob = await users.insert({ info: profile("Bob") });
  const [aliceCtx, bobCtx] = [UserContext.of(alice), UserContext.of(bob)];
  await db.repository(Country).insert({ code: "at", name: "Austria" });
  const project = await db.repository(Project).insert(aliceCtx, { name: `${SECRET}-project`, budget: 100 });
  const task = await db.repository(Task).insert(aliceCtx, { project_id: project.project_id, title: `${SECRET}-task` });
  const token = await db.repository(Token).insert(aliceCtx, { label: `${SECRET}-token` });
  const setting = await db.repository(Setting).insert(aliceCtx, { name: `${SECRET}-setting`, value: `${SECRET}-value`, section: `${SECRET}-section`, rank: 1 });
  return { db, plain: plainOn(databases, databases.placeOf(db)), alice, bob, aliceCtx, bobCtx, system: db.system("spec"), rows: { project, task, token, setting } };
}

/** Every row of Alice's as the system sees it: what no call of Bob's may change. */
export async function aliceRows({ db, system, alice }: World): Promise<unknown> {
  const mine = { user_id: alice.user_id };
  return {
    projects: await db.repository(Project).find(system, mine), tasks: await db.repository(Task).find(system, mine),
    tokens: await db.repository(Token).find(system, mine), settings: await db.repository(Setting).find(system, mine),
  };
}

/** Runs one statement of plain SQL past the library and its policies; null where a database has no outside. */
export async function plainSql(plain: Plain, sql: string, ...values: readonly unknown[]): Promise<readonly unknown[] | null> {
  return plain === null ? null : (await plain([[sql, ...values]]))[0] as readonly unknown[];
}

/** Each method of an owned repository that reaches the database, aimed at a project. */
export function everyCall(db: Database, project: Project): Readonly<Record<string, (context: Context) => unknown>> {
  const projects = db.repository(Project);
  const { project_id, name } = project;
  return {
    as: (context) => projects.as(context),
    insert: (context) => projects.insert(context, { name: "new" }),
    insertMany: (context) => projects.insertMany(context, [{ name: "new" }]),
    save: (context) => projects.save(context, { project_id, name: "taken" }),
    saveMany: (context) => projects.saveMany(context, [{ project_id, name: "taken" }]),
    findById: (context) => projects.findById(context, project_id),
    findByIdOrFail: (context) => projects.findByIdOrFail(context, project_id),
    findOne: (context) => projects.findOne(context, { project_id }),
    findOneOrFail: (context) => projects.findOneOrFail(context, { project_id }),
    find: (context) => projects.find(context, { project_id }),
    findAndCount: (context) => projects.findAndCount(context, { project_id }),
    aggregate: (context) => projects.aggregate(context, { where: { project_id }, count: true }),
    explain: (context) => projects.explain(context, { project_id }),
    paginate: (context) => projects.paginate(context, { project_id }),
    stream: (context) => projects.stream(context, { project_id }),
    count: (context) => projects.count(context, { project_id }),
    exists: (context) => projects.exists(context, { project_id }),
    update: (context) => projects.update(context, { project_id }, { budget: 1 }),
    increment: (context) => projects.increment(context, { project_id }, { budget: 1 }),
    findByAltKey: (context) => projects.findByAltKey(context, { name: project.name }),
    findByAltKeyOrFail: (context) => projects.findByAltKeyOrFail(context, { name: project.name }),
    resolveAltKey: (context) => projects.resolveAltKey(context, { name: project.name }),
    altKeyOf: (context) => projects.altKeyOf(context, project),
    altKeysOf: (context) => projects.altKeysOf(context, [project]),
    restore: (context) => projects.restore(context, all),
    upsertMany: (context) => projects.upsertMany(context, [{ name, budget: 1 }], { on: ["name"] }),
    delete: (context) => projects.delete(context, all),
    remove: (context) => projects.remove(context, { project_id }),
    upsert: (context) => projects.upsert(context, { name, budget: 1 }, { on: ["name"] }),
  };
}
