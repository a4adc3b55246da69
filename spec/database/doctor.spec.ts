import {
  Column, Entity, ForeignKey, PrimaryKey, User, UserOwned, betterSqlite3, diagnose, postgres, sqlite3, type DatabaseOptions, type Diagnosis, type FindingCode, type OwnerId,
} from "freehold";
import { onEveryPostgres, onEverySqliteFile, onRowLevelSecurity, type PlainStatement, type TestDatabases } from "../support/databases";
import { server } from "../support/engines";

@Entity()
@UserOwned()
class Project {
  @PrimaryKey() project_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() name!: string;
}

@Entity()
@UserOwned()
class Task {
  @PrimaryKey() task_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey(() => [Project, "project_id"], { nullable: true }) project_id!: number | null;
  @Column() title!: string;
}

const model = { entities: [User, Project, Task] };

const SECRET = "the-secret-of-alice";

/** Alice (1) and Bob (2), each with a project and a task in it. */
const rows: readonly PlainStatement[] = [
  [`insert into "user" (info, created_at) values ('{}', '2026-01-01 00:00:00.000Z'), ('{}', '2026-01-01 00:00:00.000Z')`],
  [`insert into project (user_id, name) values (1, '${SECRET}'), (2, '${SECRET}')`],
  [`insert into task (user_id, project_id, title) values (1, 1, '${SECRET}'), (2, 2, '${SECRET}')`],
];

async function made(databases: TestDatabases): Promise<string> {
  const place = databases.newPlace();
  const db = await databases.openPlace(place, model);
  await db.schema.ensure();
  await databases.outside(place, rows);
  await db.close();
  return place;
}

function examine(databases: TestDatabases, place: string, options: Partial<DatabaseOptions> = {}): Promise<Diagnosis> {
  return diagnose({ ...model, driver: databases.driver(place), logger: () => undefined, ...options });
}

/** Errors and warnings, as `code place`. */
function faults({ findings }: Diagnosis): readonly string[] {
  return findings.filter(({ severity }) => severity !== "note").map(({ code, place }) => `${code} ${place}`);
}

type Plant = readonly [what: string, plant: readonly string[], told: readonly string[], mend: readonly string[]];

/** Planted past every constraint, found, mended, and found no more. */
function areFound(databases: TestDatabases, plants: readonly Plant[]): void {
  const options = { foreignKeys: false };
  it.each(plants)("%s", async (_what, plant, told, mend) => {
    const place = await made(databases);
    await databases.outside(place, plant.map((sql) => [sql]), options);
    const found = await examine(databases, place);
    expect(found.healthy).toBe(false);
    expect(faults(found)).toEqual(told);
    expect(JSON.stringify(found)).not.toContain(SECRET);
    await databases.outside(place, mend.map((sql) => [sql]), options);
    expect(faults(await examine(databases, place))).toEqual([]);
  });
}

const inRows = (sqlite: boolean): readonly Plant[] => [
  ["rows that refer to another owner's", ["update task set project_id = 2 where task_id = 1"],
    [...(sqlite ? ["FOREIGN_KEYS_VIOLATED task"] : []), "ROWS_CROSS_OWNERS task.project_id"], ["update task set project_id = 1 where task_id = 1"]],
  ["rows that refer to nothing", ["update task set project_id = 99 where task_id = 1"],
    [...(sqlite ? ["FOREIGN_KEYS_VIOLATED task"] : []), "ROWS_REFER_TO_NOTHING task.project_id"], ["update task set project_id = 1 where task_id = 1"]],
  ["rows whose owner is not there", ["insert into project (user_id, name) values (7, 'x')"],
    [...(sqlite ? ["FOREIGN_KEYS_VIOLATED project"] : []), "ROWS_OF_NOBODY project.user_id"], ["delete from project where user_id = 7"]],
];

/** What a team has that comes from another tool: plain keys, nulls, rows that went astray. */
const foreign = (types: { readonly id: string; readonly json: string; readonly time: string }): readonly PlainStatement[] => [
  [`create table "user" (user_id ${types.id}, info ${types.json} not null, created_at ${types.time} not null)`],
  [`create table project (project_id ${types.id}, user_id bigint references "user" (user_id), name text not null)`],
  [`create table task (task_id ${types.id}, user_id bigint, project_id bigint references project (project_id), title text not null)`],
  [`insert into "user" (user_id, info, created_at) values (1, '{}', '2026-01-01 00:00:00.000Z'), (2, '{}', '2026-01-01 00:00:00.000Z'), (3, '{}', '2026-01-01 00:00:00.000Z')`],
  [`insert into project (project_id, user_id, name) values (1, 1, '${SECRET}'), (2, 2, '${SECRET}'), (3, null, '${SECRET}')`],
  [`insert into task (task_id, user_id, project_id, title) values (1, 1, 1, 'x'), (2, 1, 2, 'x'), (3, 2, 1, 'x'), (4, null, 2, 'x'), (5, 9, null, 'x')`],
];

function anywhere(databases: TestDatabases, types: Parameters<typeof foreign>[0]): void {
  it("finds nothing wrong with what Freehold made, and says so", async () => {
    const diagnosis = await examine(databases, await made(databases));
    expect(faults(diagnosis)).toEqual([]);
    expect(diagnosis).toMatchObject({ healthy: true, errors: 0, warnings: 0, notes: diagnosis.findings.length });
    expect(diagnosis.findings.map(({ code }) => code)).toEqual(expect.arrayContaining<FindingCode>(["ENGINE", "DRIVER"]));
    expect(diagnosis.findings.filter(({ code }) => code === "DRIVER").map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The driver sqlite3 bundles SQLite 3\.\d+\.\d+\.$/), expect.stringMatching(/^The driver betterSqlite3 bundles SQLite 3\.\d+\.\d+\.$/),
    ]);
  });

  it("counts owners of whom there is nothing, as a note", async () => {
    const place = await made(databases);
    await databases.outside(place, [[`insert into "user" (info, created_at) values ('{}', '2026-01-01 00:00:00.000Z')`]]);
    const { findings, healthy } = await examine(databases, place);
    expect(healthy).toBe(true);
    expect(findings).toContainEqual({ severity: "note", code: "OWNERS_WITHOUT_ROWS", place: "user", message: "1 row of user owning nothing in project, task.", cure: "" });
  });

  it("examines a database that another tool made, with counts", async () => {
    const place = databases.newPlace();
    await databases.outside(place, foreign(types), { foreignKeys: false });
    const found = await examine(databases, place, databases.rls ? { driver: postgres({ connectionString: server().url(place) }) } : {});
    expect(faults(found)).toEqual(expect.arrayContaining([
      "ROWS_CROSS_OWNERS task.project_id", "ROWS_WITHOUT_OWNER project.user_id", "ROWS_WITHOUT_OWNER task.user_id", "ROWS_OF_NOBODY task.user_id",
      "REFERENCE_CROSSES_OWNERS task.project_id", "REFERENCE_UNGUARDED task.user_id", "OWNER_INDEX_MISSING project.user_id", "OWNER_INDEX_MISSING task.user_id", "SCHEMA_DIFFERS schema",
    ]));
    const message = (code: FindingCode) => found.findings.filter((finding) => finding.code === code).map((finding) => finding.message);
    expect(message("ROWS_CROSS_OWNERS")).toEqual(["2 rows of task referring to rows of project that belong to another owner."]);
    expect(message("ROWS_OF_NOBODY")).toEqual(["1 row of task belonging to an owner who is not in user."]);
    expect(message("OWNERS_WITHOUT_ROWS")).toEqual(["1 row of user owning nothing in project, task."]);
    expect(JSON.stringify(found)).not.toContain(SECRET);
    // What it says of indexes is done as it says.
    await databases.outside(place, found.findings.filter(({ code }) => code === "OWNER_INDEX_MISSING").map((finding) => [finding.cure.replace(/;$/, "")] as const));
    expect(faults(await examine(databases, place, databases.rls ? { driver: postgres({ connectionString: server().url(place) }) } : {})).join()).not.toContain("OWNER_INDEX_MISSING");
    const { cure } = found.findings.find(({ code }) => code === "ROWS_CROSS_OWNERS")!;
    expect(await databases.outside(place, [[cure.slice(cure.indexOf("select"), -1)]])).toMatchObject([[{ title: "x" }, { title: "x" }]]);
  });

  it("says what it could not look at where tables and columns are missing", async () => {
    const place = databases.newPlace();
    await databases.outside(place, [
      [`create table "user" (user_id ${types.id})`], [`create table task (task_id ${types.id}, project_id bigint, title text)`],
    ]);
    const found = await examine(databases, place);
    const notExamined = found.findings.filter(({ code }) => code === "NOT_EXAMINED").map(({ message }) => message);
    expect(found.findings).toContainEqual(expect.objectContaining({ severity: "error", code: "TABLE_MISSING", place: "project" }));
    expect(notExamined).toEqual(expect.arrayContaining([
      "Rows of task.user_id were not examined (ROWS_WITHOUT_OWNER): there is no column task.user_id",
      "Rows of task.project_id were not examined (ROWS_CROSS_OWNERS): there is no column task.user_id",
    ]));
  });

  it("finds nothing but missing tables in an empty database", async () => {
    const found = await examine(databases, databases.newPlace());
    expect(new Set(found.findings.filter(({ severity }) => severity === "error").map(({ code }) => code))).toEqual(new Set(["TABLE_MISSING"]));
  });

  it("warns of a plain reference to owners, and tells of a faulty model", async () => {
    @Entity() class Invoice { @PrimaryKey() id!: number; @ForeignKey("User.user_id") userId!: number; }
    expect(faults(await examine(databases, databases.newPlace(), { entities: [User, Project, Invoice] }))).toContain("UNOWNED_REFERENCE Invoice.userId");
    @Entity() class Faulty { @PrimaryKey() id!: number | string; }
    expect(faults(await examine(databases, databases.newPlace(), { entities: [Faulty] }))).toEqual(["MODEL_FAULTY model"]);
  });

  it("is refused options that Database.open refuses", async () => {
    await expect(diagnose({ ...model, driver: databases.driver(), cursorSecret: "short" })).rejects.toThrow("cursorSecret");
  });

  it("tells the logger of every row that it counts across owners, as the system", async () => {
    const place = await made(databases);
    const reasons = new Set<string>();
    await examine(databases, place, { logger: ({ scope }) => { if (scope.kind === "system") reasons.add(scope.reason); } });
    expect([...reasons]).toEqual(databases.rls ? ["freehold doctor counts rows"] : []);
  });
}

onEverySqliteFile("the doctor", (databases) => {
  anywhere(databases, { id: "integer primary key", json: "text", time: "text" });
  areFound(databases, inRows(true));

  it("finds pragmas that do harm", async () => {
    const place = await made(databases);
    const open = databases.driverName === "sqlite3" ? sqlite3 : betterSqlite3;
    expect(faults(await examine(databases, place, { driver: open({ file: place, pragmas: { journal_mode: "delete", synchronous: "off" } }) })))
      .toEqual(["JOURNAL_MODE database", "SYNCHRONOUS_OFF database"]);
    expect(faults(await examine(databases, place))).toEqual([]);
  });

  it("finds triggers that the entities know nothing of, as a note", async () => {
    const place = await made(databases);
    await databases.outside(place, [["create trigger stranger after insert on task begin update task set title = 'mine'; end"]]);
    const { findings, healthy } = await examine(databases, place);
    expect(healthy).toBe(true);
    expect(findings).toContainEqual(expect.objectContaining({ severity: "note", code: "TRUSTED_SCHEMA", message: expect.stringContaining("(trigger stranger)") }));
  });

  it("tells of a file that cannot be opened", async () => {
    const found = await diagnose({ ...model, driver: databases.driver("/no/such/folder/app.db") });
    expect(faults(found)).toEqual(["NOT_OPENED database"]);
  });
});

onEveryPostgres("the doctor", (databases) => {
  anywhere(databases, { id: "bigint generated by default as identity primary key", json: "jsonb", time: "timestamptz" });
  areFound(databases, inRows(false));
  areFound(databases, [
    ["an index of owners that is gone", ['drop index "ix_task_user_id_project_id"', 'alter table task drop constraint "uq_task_user_id_task_id"'],
      ["SCHEMA_DIFFERS schema", "OWNER_INDEX_MISSING task.user_id"],
      ['create index "ix_task_user_id_project_id" on task (user_id, project_id)', 'alter table task add constraint "uq_task_user_id_task_id" unique (user_id, task_id)']],
    ["an index of some owners alone", [
      'drop index "ix_task_user_id_project_id"', 'alter table task drop constraint "uq_task_user_id_task_id"',
      'create index "ix_task_user_id_project_id" on task (user_id, project_id) where task_id > 5',
    ], ["SCHEMA_DIFFERS schema", "OWNER_INDEX_MISSING task.user_id"], [
      'drop index "ix_task_user_id_project_id"',
      'create index "ix_task_user_id_project_id" on task (user_id, project_id)', 'alter table task add constraint "uq_task_user_id_task_id" unique (user_id, task_id)']],
  ]);
  areFound(databases, [
    ["a foreign key that is not looked after", ["alter table task drop constraint fk_task_user_id_project_id"], ["REFERENCE_UNGUARDED task.user_id, project_id", "SCHEMA_DIFFERS schema"],
      ["alter table task add constraint fk_task_user_id_project_id foreign key (user_id, project_id) references project (user_id, project_id) on delete no action on update no action"]],
    ["a foreign key without its triggers", ["do $$ begin alter table task disable trigger all; end $$"],
      ["REFERENCE_UNGUARDED task.user_id", "REFERENCE_UNGUARDED task.user_id, project_id", "SCHEMA_DIFFERS schema"], ["do $$ begin alter table task enable trigger all; end $$"]],
  ]);

  it("tells of a server that is not there, and never of the password", async () => {
    const found = await diagnose({ ...model, driver: postgres({ connectionString: "postgres://app:hush-hush@127.0.0.1:1/app", pool: { acquireTimeoutMs: 500 } }) });
    expect(faults(found)).toEqual(expect.arrayContaining(["NOT_OPENED database"]));
    expect(JSON.stringify(found)).not.toContain("hush-hush");
  });

  it("finds a role that no policy holds for", async () => {
    const place = await made(databases);
    const url = new URL(server().adminUrl());
    url.searchParams.set("options", `-csearch_path=${place}`);
    const found = await examine(databases, place, { driver: postgres({ connectionString: url.href, rls: databases.rls }) });
    expect(found.findings).toContainEqual(expect.objectContaining({ severity: databases.rls ? "error" : "warning", code: "ROLE_TOO_POWERFUL", place: expect.stringMatching(/^role /) }));
  });
});

onRowLevelSecurity("the doctor", (databases) => {
  areFound(databases, [
    ["row security that is off", ["alter table task disable row level security, no force row level security"],
      ["NOT_OPENED database", "ROW_SECURITY_OFF task", "SCHEMA_DIFFERS schema"], ["alter table task enable row level security, force row level security"]],
    ["row security that is not forced", ["alter table task no force row level security"],
      ["NOT_OPENED database", "ROW_SECURITY_UNFORCED task", "SCHEMA_DIFFERS schema"], ["alter table task force row level security"]],
    ["a policy for everybody", ["create policy everybody on task for select to public using (true)"], ["SCHEMA_DIFFERS schema"], ["drop policy everybody on task"]],
  ]);

  it.each([
    ["the system's policy is gone", "drop policy task_system on task"],
    ["a policy takes rows away", "create policy narrow on task as restrictive for all to public using (title = 'x')"],
  ])("does not take rows that nobody sees for none: %s", async (_what, sql) => {
    const place = await made(databases);
    await databases.outside(place, [["update task set project_id = 2 where task_id = 1"], [sql]], { foreignKeys: false });
    expect(faults(await examine(databases, place))).toEqual(expect.arrayContaining(["SCHEMA_DIFFERS schema", "NOT_EXAMINED task.project_id"]));
  });

  it("counts what crosses owners while row security is off", async () => {
    const place = await made(databases);
    await databases.outside(place, [
      ["update task set project_id = 2 where task_id = 1"], ["alter table task disable row level security"], ["alter table project disable row level security"],
    ], { foreignKeys: false });
    expect(faults(await examine(databases, place))).toEqual(expect.arrayContaining(["NOT_OPENED database", "ROW_SECURITY_OFF task", "ROWS_CROSS_OWNERS task.project_id"]));
  });

  it("finds row security that the driver says nothing of, and does not take hidden rows for none", async () => {
    const place = await made(databases);
    const found = await examine(databases, place, { driver: postgres({ connectionString: server().url(place) }) });
    expect(faults(found)).toEqual(expect.arrayContaining(["ROW_SECURITY_UNEXPECTED task", "NOT_EXAMINED task.project_id"]));
    expect(found.findings.find(({ code, place: where }) => code === "NOT_EXAMINED" && where === "task.project_id")?.message)
      .toContain("row-level security hides rows of task from this role");
  });
});
