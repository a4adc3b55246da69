import { all, Database, gt, ModelError, postgres, UniqueViolationError, User, UserContext } from "freehold";
import { failure, onEveryPostgres, type OpenOptions } from "../support/databases";
import { server } from "../support/engines";
import { plannerModel } from "../support/planner";
import { plainPostgres } from "../support/postgres/plain-postgres";
import { profile, type Profile } from "../support/documents";
import { Project, Setting, Task, Token, worldModel } from "../isolation/world";

const PARTITIONS = 4;

/** Tables of owned entities in pieces, each owner's rows in one of them. */
onEveryPostgres("tables that are partitioned by owner", (databases) => {
  let db: Database;
  let place: string;
  let people: readonly UserContext[];

  const open = async (model: OpenOptions = worldModel): Promise<Database> => Database.open({
    ...model, logger: () => undefined,
    driver: postgres({ connectionString: server().url(place), rls: databases.rls, layout: { owned: "hash-partitions", partitions: PARTITIONS } }),
  });

  beforeEach(async () => {
    place = databases.newPlace();
    await server().createSchema(place);
    db = await open();
    await db.schema.ensure();
    const users = await db.repository(User<Profile>).insertMany(Array.from({ length: 12 }, (_, index) => ({ info: profile(`U${index}`) })));
    people = users.map((user) => UserContext.of(user));
    for (const [index, context] of people.entries()) {
      const { project_id } = await db.repository(Project).insert(context, { name: "same name", budget: index });
      await db.repository(Task).insertMany(context, [{ project_id, title: `of ${index}` }, { project_id, title: "same title" }]);
      await db.repository(Token).insert(context, { label: "same label" });
      await db.repository(Setting).insert(context, { name: "theme", value: `v${index}` });
    }
  });

  afterEach(async () => db.close());

  it("agree with the model, are made once, and go as a whole", async () => {
    expect(await db.schema.check()).toEqual([]);
    expect(await db.schema.ensure()).toEqual([]);
    const [rows] = await databases.outside(place, [[
      "select p.relname as parent, count(*) as parts from pg_inherits i join pg_class p on p.oid = i.inhparent where p.relkind = 'p' and p.relnamespace = current_schema()::regnamespace group by 1 order by 1",
    ]]);
    expect(rows).toEqual(["project", "setting", "task", "token"].map((parent) => ({ parent, parts: PARTITIONS })));
    await db.schema.drop({ confirm: true });
    const [left] = await databases.outside(place, [["select relname from pg_class where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace"]]);
    expect(left).toEqual([]);
  });

  it("hold rows of each owner in one part, and of all owners in several", async () => {
    const [rows] = await databases.outside(place, [["select user_id, count(distinct tableoid) as parts from task group by 1"]]);
    expect((rows as readonly { readonly parts: number }[]).map(({ parts }) => parts)).toEqual(people.map(() => 1));
    const [spread] = await databases.outside(place, [["select count(distinct tableoid) as parts from task"]]);
    expect((spread as readonly { readonly parts: number }[])[0]!.parts).toBeGreaterThan(1);
  });

  it("give each owner its own rows, by every way to read and write", async () => {
    const [alice, bob] = people as [UserContext, UserContext];
    const [projects, tasks, settings] = [db.repository(Project), db.repository(Task), db.repository(Setting)];
    const [mine, theirs] = [await projects.findOneOrFail(alice, {}), await projects.findOneOrFail(bob, {})];
    expect(await projects.findById(alice, theirs.project_id)).toBeNull();
    expect(await projects.count(alice)).toBe(1);
    expect(await tasks.update(alice, all, { title: "changed" })).toBe(2);
    expect((await tasks.find(bob)).map(({ title }) => title)).toEqual(["of 1", "same title"]);
    expect(await settings.upsert(alice, { name: "theme", value: "new" }, { on: ["name"] })).toMatchObject({ value: "new" });
    expect((await settings.findById(bob, "theme"))?.value).toBe("v1");
    expect(await projects.save(alice, Object.assign(mine, { budget: 99 }))).toMatchObject({ budget: 99 });
    expect((await failure(UniqueViolationError, () => projects.insert(alice, { name: "same name" }))).properties).toEqual(["name"]);
    await failure(Error, () => tasks.insert(alice, { project_id: theirs.project_id, title: "astray" }));
    expect(await projects.delete(alice, { budget: gt(0) })).toBe(1);
    expect(await tasks.count(alice)).toBe(0);
    expect(await tasks.count(bob)).toBe(2);
    expect(await tasks.count(db.system("spec"))).toBe(22);
  });

  it("are looked into one by one: a user's read has a plan of one part", async () => {
    const [alice] = people as [UserContext];
    const admin = await plainPostgres(server().adminUrl());
    try {
      await admin.query(`set search_path = ${place}`);
      const { rows } = await admin.query(`explain (costs off) select * from task where user_id = ${Number(alice.key)} and title = 'x'`);
      expect(rows.map((row) => String(row["QUERY PLAN"])).join("\n").match(/task_p\d+/g)?.filter((name, at, names) => names.indexOf(name) === at)).toHaveLength(1);
    } finally {
      await admin.end();
    }
  });

  it("show nobody more by a part's own name", async () => {
    const plain = await plainPostgres(server().url(place));
    try {
      const counts: number[] = [];
      for (let part = 0; part < PARTITIONS; part += 1) counts.push((await plain.query(`select * from task_p${part}`)).rows.length);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(databases.rls ? 0 : 24);
    } finally {
      await plain.end();
    }
  });

  it("are refused for what cannot be parted, with every fault", async () => {
    const error = await failure(ModelError, async () => {
      const other = await open(plannerModel);
      try {
        other.schema.sql();
      } finally {
        await other.close();
      }
    });
    expect(error.faults.map(({ entity }) => entity)).toContain("Handle");
  });
});
