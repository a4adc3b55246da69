import { Column, ConnectionError, Database, DataError, Entity, ForeignKey, ManyToMany, postgres, PrimaryKey, User, UserContext, UserOwned, type OwnerId, type PostgresOptions, type ToMany } from "freehold";
import { failure, onRowLevelSecurity } from "../support/databases";
import { server } from "../support/engines";
import { profile, Profile } from "../support/documents";
import { plainPostgres, type PlainClient } from "../support/postgres/plain-postgres";
import { Country, Project, SECRET, Setting, Task, Token, worldModel } from "./world";

/** A public entity with a link table between it and owned rows. */
@Entity()
class Label {
  @PrimaryKey() label_id!: number;
  @Column() text!: string;
  @ManyToMany(() => Project, { through: () => Labelled }) projects?: ToMany<Project>;
}

@Entity()
@UserOwned({ by: "user_id" })
class Labelled {
  @PrimaryKey() labelled_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Label.label_id") label_id!: number;
  @ForeignKey("Project.project_id", { onDelete: "CASCADE" }) project_id!: number;
}

const model = { entities: [...worldModel.entities, Label, Labelled], jsonTypes: [Profile] };

/**
 * What the database does by itself. There is no library in these statements: plain SQL, as the role of an application that owns nothing, says
 * too little on purpose. Each vector is first shown to reach the other's rows where no policy stands in the way.
 */
onRowLevelSecurity("row-level security alone", (databases) => {
  const [application, owner, web] = ["app", "owner", "web"].map((name) => `freehold_${name}_${process.pid}_${process.env["JEST_WORKER_ID"] ?? "1"}`) as [string, string, string];
  let place: string;
  let admin: PlainClient;
  let plain: PlainClient;
  let library: Database;
  let alice: number;
  let bob: number;
  let secret: { readonly project: number; readonly task: number; readonly label: number };

  const roles = { systemRole: "freehold_system", applicationRole: application, ownerRole: owner };

  function webUrl(): string {
    const url = new URL(server().url(place));
    url.username = web;
    url.password = "web";
    return url.href;
  }

  beforeAll(async () => {
    admin = await plainPostgres(server().adminUrl());
    await admin.query(`create role ${web} login password 'web' nosuperuser nobypassrls`);
  });

  afterAll(async () => {
    await admin.query(`drop owned by ${web}; drop role ${web}`);
    for (const role of [application, owner]) await admin.query(`drop owned by ${role} cascade; drop role ${role}`);
    await admin.end();
  });

  beforeEach(async () => {
    place = databases.newPlace();
    await server().createSchema(place);
    // An administrator runs the text of the schema once; the application's log-in gets the application's rights.
    const author = await Database.open({ ...model, driver: postgres({ connectionString: server().url(place), rls: roles }) });
    const text = author.schema.sql();
    await author.close();
    await admin.query(`set search_path = ${place}; ${text}; grant ${application} to ${web}; reset search_path`);
    library = await Database.open({ ...model, driver: postgres({ connectionString: webUrl(), rls: roles }), logger: () => undefined });
    const users = await library.repository(User<Profile>).insertMany(["Alice", "Bob"].map((name) => ({ info: profile(name) })));
    await library.repository(Country).insert({ code: "PT", name: "Portugal" });
    const label = await library.repository(Label).insert({ text: "shared" });
    const contexts = users.map((user) => UserContext.of(user)) as [UserContext, UserContext];
    [alice, bob] = users.map((user) => user.user_id) as [number, number];
    const fill = async (context: UserContext, word: string): Promise<{ project: number; task: number; label: number }> => {
      const project = await library.repository(Project).insert(context, { name: `${word} project`, budget: 5, country: "PT" });
      const task = await library.repository(Task).insert(context, { project_id: project.project_id, title: `${word} task` });
      await library.repository(Token).insert(context, { label: `${word} token` });
      await library.repository(Setting).insert(context, { name: "theme", value: `${word} theme` });
      await library.repository(Labelled).insert(context, { label_id: label.label_id, project_id: project.project_id });
      return { project: project.project_id, task: task.task_id, label: label.label_id };
    };
    secret = await fill(contexts[0], SECRET);
    await fill(contexts[1], "bob");
    plain = await plainPostgres(webUrl());
  });

  afterEach(async () => {
    await plain.end();
    await library.close();
  });

  /** Runs statements as Bob would reach them: his key is all that says who he is. */
  async function asBob(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return as(plain, bob, statements);
  }

  async function as(client: PlainClient, user: number | null, statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    await client.query("begin");
    try {
      if (user !== null) await client.query(`select set_config('freehold.user_id', '${user}', true)`);
      let rows: readonly Readonly<Record<string, unknown>>[] = [];
      for (const statement of statements) rows = (await client.query(statement)).rows;
      await client.query("commit");
      return rows;
    } catch (error) {
      await client.query("rollback");
      throw error;
    }
  }

  /** The same where no policy holds, undone: the attack itself works. */
  async function unguarded(...statements: readonly string[]): Promise<string> {
    await admin.query(`begin; set local search_path = ${place}`);
    try {
      let rows: readonly unknown[] = [];
      for (const statement of statements) rows = (await admin.query(statement)).rows;
      return JSON.stringify(rows);
    } finally {
      await admin.query("rollback");
    }
  }

  async function everything(): Promise<string> {
    const found: unknown[] = [];
    for (const table of ["project", "task", "token", "setting", "labelled"]) found.push((await admin.query(`select * from ${place}.${table} order by 1, 2`)).rows);
    return JSON.stringify(found);
  }

  type Attack = readonly [vector: string, sql: (at: { readonly alice: number; readonly bob: number; readonly project: number; readonly task: number; readonly label: number }) => string];

  const reads: readonly Attack[] = [
    ["2 find by another's key", ({ project }) => `select * from project where project_id = ${project}`],
    ["3 where naming another owner", ({ alice: other }) => `select * from project where user_id = ${other}`],
    ["4 top-level OR", ({ bob: own }) => `select * from project where user_id = ${own} or budget > 0`],
    ["5 count", ({ alice: other }) => `select count(*)::int as n, '${SECRET}' as hit from project where user_id = ${other} having count(*) > 0`],
    ["5 exists", () => `select '${SECRET}' as hit where exists (select from project where name like '${SECRET}%')`],
    ["5 aggregate", () => "select max(name) as a, string_agg(title, ',') as b from project join task using (project_id)"],
    ["14 many-to-one load", () => "select p.* from task t join project p on p.project_id = t.project_id or true"],
    ["15 one-to-many load", () => "select t.* from project p left join task t on true"],
    ["16 many-to-many load through a public entity", ({ label }) => `select p.* from label l join labelled x on x.label_id = l.label_id join project p on p.project_id = x.project_id where l.label_id = ${label}`],
    ["17 filter through a relation", ({ label }) => `select l.*, '${SECRET}' as hit from label l where label_id = ${label} and exists (select from labelled x join project p using (project_id) where x.label_id = l.label_id and p.name like '${SECRET}%')`],
    ["18 order through a relation", () => `select (select name from project p where p.country = c.code order by name limit 1) as first from country c`],
    ["21 hand-written SQL", () => "with recursive all_of as (select name from project union all select value from setting) select * from all_of union select title from task"],
    ["a join on nothing but the table's name", () => "select project.* from project natural join (select 1) as one"],
  ];

  it.each(reads)("%s", async (_, sql) => {
    const statement = sql({ alice, bob, ...secret });
    expect(await unguarded(statement)).toContain(SECRET);
    expect(JSON.stringify(await asBob(statement))).not.toContain(SECRET);
  });

  it("1 no context: nobody sees nothing, and stores nothing", async () => {
    for (const table of ["project", "task", "token", "setting", "labelled"]) {
      expect(await as(plain, null, [`select * from ${table}`])).toEqual([]);
    }
    await expect(as(plain, null, [`insert into setting (name, user_id, value) values ('x', ${bob}, 'y')`])).rejects.toMatchObject({ code: "42501" });
    // After a transaction with a user, the setting is there and empty: it must be nobody too, and no error.
    await asBob("select 1");
    expect((await plain.query("select * from project")).rows).toEqual([]);
  });

  const writes: readonly Attack[] = [
    ["6 update by another's key", ({ project }) => `update project set budget = 99 where project_id = ${project} returning '${SECRET}'`],
    ["7 bulk update", ({ alice: other }) => `with changed as (update project set budget = 99 returning user_id) select '${SECRET}' from changed where user_id = ${other}`],
    ["9 delete by another's key", ({ task }) => `delete from task where task_id = ${task} returning '${SECRET}'`],
    ["9 bulk delete", ({ alice: other }) => `with gone as (delete from task returning user_id) select '${SECRET}' from gone where user_id = ${other}`],
  ];

  it.each(writes)("%s", async (_, sql) => {
    const statement = sql({ alice, bob, ...secret });
    expect(await unguarded(statement)).toContain(SECRET);
    const theirs = (text: string): string => JSON.stringify((JSON.parse(text) as { user_id: string }[][]).map((rows) => rows.filter((row) => Number(row.user_id) === alice)));
    const before = theirs(await everything());
    expect(JSON.stringify(await asBob(statement))).not.toContain(SECRET);
    expect(theirs(await everything())).toBe(before);
  });

  const refused: readonly Attack[] = [
    ["8 changing the owner", ({ alice: other }) => `update project set user_id = ${other} where name = 'bob project' and not exists (select from task where task.project_id = project.project_id and false)`],
    ["10 forged owner on insert", ({ alice: other }) => `insert into project (user_id, name, budget) values (${other}, 'forged', 0)`],
    ["11 upsert onto another's row by its key", ({ bob: own, project }) => `insert into project (project_id, user_id, name, budget) values (${project}, ${own}, 'mine now', 0) on conflict (project_id) do update set name = excluded.name, user_id = excluded.user_id`],
    ["11 upsert in another's name", ({ alice: other }) => `insert into setting (name, user_id, value) values ('theme', ${other}, 'mine now') on conflict (user_id, name) do update set value = excluded.value`],
    ["TRUNCATE, which no policy stops", () => "truncate setting"],
    ["switching the wall off", () => "alter table project disable row level security"],
    ["a policy of one's own", () => "create policy mine on project using (true)"],
  ];

  it.each(refused)("%s", async (_, sql) => {
    const before = await everything();
    await expect(asBob(sql({ alice, bob, ...secret }))).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|23503)$/) });
    expect(await everything()).toBe(before);
  });

  it("12 another's primary key on insert, 13 another's unique value: one tells that a number is taken, the other nothing", async () => {
    await expect(asBob(`insert into project (project_id, user_id, name, budget) values (${secret.project}, ${bob}, 'x', 0)`)).rejects.toMatchObject({ code: "23505", detail: undefined });
    await asBob(`insert into project (user_id, name, budget) values (${bob}, '${SECRET} project', 0)`);
  });

  it("19 a reference to another's row is refused by the composite key", async () => {
    await expect(asBob(`insert into task (user_id, project_id, title) values (${bob}, ${secret.project}, 'x')`)).rejects.toMatchObject({ code: "23503" });
  });

  it("24 streams left half-read: a cursor of the last user's ends with its transaction", async () => {
    await expect(as(plain, alice, ["declare half cursor for select * from project", "fetch 1 from half"])).resolves.toHaveLength(1);
    await expect(asBob("fetch 1 from half")).rejects.toMatchObject({ code: "34000" });
    expect(JSON.stringify(await asBob("select * from project"))).not.toContain(SECRET);
  });

  it("34 a pooled connection carries no user from one transaction to the next", async () => {
    expect(await as(plain, alice, ["select * from project"])).toHaveLength(1);
    expect((await plain.query("select current_setting('freehold.user_id', true) as user, current_user::text as role")).rows).toEqual([{ user: "", role: web }]);
    expect((await plain.query("select * from project")).rows).toEqual([]);
  });

  it("lets a system context see and change everything, in the name of its own role", async () => {
    const system = library.system("spec");
    expect(await library.repository(Project).count(system)).toBe(2);
    expect(await library.repository(Project).update(system, { user_id: alice as never }, { budget: 6 })).toBe(1);
    expect(await as(plain, null, ["set local role freehold_system", "select * from project"])).toHaveLength(2);
  });

  it("gives a key of one kind of owner no rows of another kind", async () => {
    // The setting of another owner entity is another one.
    expect(await as(plain, null, [`select set_config('freehold.account_id', '${alice}', true)`, "select * from project"])).toEqual([]);
  });

  it("finds nothing to mend after the administrator's text, as the application, which may call ensure() and changes nothing", async () => {
    expect(await library.schema.check()).toEqual([]);
    expect(await library.schema.ensure()).toEqual([]);
  });

  async function opening(url: string, rls: PostgresOptions["rls"] = roles): Promise<ConnectionError> {
    return failure(ConnectionError, async () => {
      const db = await Database.open({ ...model, driver: postgres({ connectionString: url, rls }) });
      await db.close();
    });
  }

  it("is not opened under a role that policies do not hold for, and says how to mend it", async () => {
    const asRoot = new URL(server().adminUrl());
    asRoot.searchParams.set("options", `-csearch_path=${place}`);
    expect((await opening(asRoot.href)).message).toContain("is a superuser");
    await admin.query(`alter role ${web} bypassrls`);
    try {
      expect((await opening(webUrl())).message).toContain("BYPASSRLS");
    } finally {
      await admin.query(`alter role ${web} nobypassrls`);
    }
    await admin.query(`grant freehold_system to ${web} with inherit true, set true`);
    try {
      const inherited = await opening(webUrl());
      expect(inherited).toMatchObject({ retryable: false });
      expect(inherited.message).toContain(`GRANT "freehold_system" TO "${web}" WITH INHERIT FALSE, SET TRUE;`);
    } finally {
      await admin.query(`revoke freehold_system from ${web}`);
    }
    await admin.query(`revoke ${application} from ${web}`);
    expect((await opening(webUrl())).message).toContain("may not become freehold_system");
  });

  it("is not opened on tables without policies, or whose owner is not held by them", async () => {
    const own = databases.newPlace();
    const url = server().url(own);
    const without = await databases.openPlace(own, { ...model, logger: () => undefined });
    await without.schema.ensure();
    const project = `${own}.project`;
    await admin.query(`alter table ${project} no force row level security`);
    const unforced = await opening(url, true);
    expect(unforced.message).toContain('ALTER TABLE "project" FORCE ROW LEVEL SECURITY;');
    await admin.query(`alter table ${project} disable row level security`);
    expect((await opening(url, true)).message).toContain("row-level security is off for project");
    await admin.query(`alter table ${project} enable row level security, force row level security`);
    const again = await databases.openPlace(own, { ...model, logger: () => undefined });
    expect(await again.schema.check()).toEqual([]);
  });

  it("an ensure() that needs an administrator says what to run", async () => {
    const own = databases.newPlace();
    await server().createSchema(own);
    const db = await Database.open({ ...model, driver: postgres({ connectionString: server().url(own), rls: { systemRole: `freehold_missing_${process.pid}` } }) });
    const error = await failure(DataError, () => db.schema.ensure()).finally(() => db.close());
    expect(error.message).toContain(`create role "freehold_missing_${process.pid}"`);
  });
});
