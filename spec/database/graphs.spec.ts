import { IsInt, ValidateIf } from "class-validator";
import {
  AccessViolationError, Column, connect, ContextRequiredError, Entity, ForeignKey, ForeignKeyViolationError, InvalidQueryError, ManyToMany, ManyToOne,
  NotFoundError, OneToMany, PrimaryKey, UserContext, UserOwned, ValidationError, type Database, type OwnerId, type ToMany, type ToOne, type User,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Blocking, Client, Note, Project, Tag, Task, TaskTag, trackerModel } from "../support/tracker";

/** An owner that knows its rows: they refer to it by their owner. */
@Entity()
class Account {
  @PrimaryKey() id!: number;
  @Column() name!: string;
  @OneToMany(() => Box) boxes?: ToMany<Box>;
}

@Entity()
@UserOwned({ by: "accountId" })
class Box {
  @PrimaryKey() id!: number;
  @ForeignKey("Account.id") accountId!: OwnerId;
  @Column() label!: string;
  @ForeignKey("Box.id", { nullable: true }) @ValidateIf((box: Box) => box.label === "inner") @IsInt() outerId?: number | null;
  @ManyToOne(() => Account) account?: ToOne<Account>;
  @OneToMany(() => Box, "outerId") inner?: ToMany<Box>;
  @ManyToMany(() => Box, { through: () => Pair, from: "one", to: "other" }) peers?: ToMany<Box>;
}

/** More than its two keys. */
@Entity()
@UserOwned({ by: "accountId" })
class Pair {
  @PrimaryKey() id!: string;
  @ForeignKey("Account.id") accountId!: OwnerId;
  @ForeignKey("Box.id") one!: number;
  @ForeignKey("Box.id") other!: number;
  @Column() why!: string;
}

onEveryEngine("inserting graphs", (databases) => {
  let db: Database;
  let ctx: UserContext;
  let bobCtx: UserContext;
  let alice: User;
  let bob: User;

  beforeEach(async () => {
    db = await databases.open(trackerModel);
    ({ aliceCtx: ctx, bobCtx, alice, bob } = await twoUsers(db));
  });

  const projects = () => db.repository(Project);
  const tasks = () => db.repository(Task);
  const counts = async (context = ctx): Promise<readonly number[]> => Promise.all([
    projects().count(context), tasks().count(context), db.repository(Client).count(context), db.repository(Note).count(context), db.repository(TaskTag).count(context),
    db.repository(Tag).count(),
  ]);

  it("stores rows of every relation, at any depth, and gives them back", async () => {
    const red = await db.repository(Tag).insert({ name: "red" });
    const project = await projects().insert(ctx, {
      name: "House", client: { code: "c1", name: "Client" },
      tasks: [
        { title: "Paint", tags: [connect(red.id), { name: "new" }], note: { text: "blue" }, subtasks: [{ title: "Buy paint", blockers: [{ title: "Get money" }] }] },
        { title: "Sell" },
      ],
    });
    expect(project).toMatchObject({ name: "House", clientCode: "c1", client: { code: "c1", user_id: alice.user_id } });
    const [found] = await projects().find(ctx, {}, {
      with: { client: true, tasks: { with: { tags: { orderBy: { name: "asc" } }, note: true, subtasks: { with: { blockers: true } } } } },
    });
    expect(found?.client?.name).toBe("Client");
    expect(found?.tasks.map((task) => [task.title, task.tags.map((tag) => tag.name), task.note?.text, task.subtasks.map((sub) => [sub.title, sub.blockers.map((one) => one.title)])]))
      .toEqual([["Paint", ["new", "red"], "blue", [["Buy paint", ["Get money"]]]], ["Sell", [], undefined, []]]);
    expect(found?.tasks[1]?.note).toBeNull();
    // The result holds what was inserted; a collection with connected rows is left to `with`.
    const paint = (project as unknown as { tasks: { title: string; note: Note; tags?: unknown; subtasks: Task[] }[] }).tasks[0];
    expect(paint?.note).toBeInstanceOf(Note);
    expect(paint?.tags).toBeUndefined();
    expect(paint?.subtasks[0]).toMatchObject({ title: "Buy paint", user_id: alice.user_id });
  });

  it("takes few statements", async () => {
    const before = databases.events.length;
    await projects().insertMany(ctx, [0, 1].map((at) => ({
      name: `P${at}`, tasks: Array.from({ length: 500 }, (_, index) => ({ title: `t${index}`, tags: index === 0 ? [{ name: `tag ${at}` }] : [] })),
    })));
    // Projects, two times 500 tasks, tags, links.
    expect(databases.events.length - before).toBe(5);
    expect(await counts()).toEqual([2, 1000, 0, 0, 2, 2]);
    const loaded = await projects().find(ctx, {}, { with: { tasks: { with: { tags: true }, limit: 1 } } });
    expect(loaded.map((project) => [project.name, project.tasks[0]?.title, project.tasks[0]?.tags[0]?.name])).toEqual([["P0", "t0", "tag 0"], ["P1", "t0", "tag 1"]]);
  });

  it("connects rows that are there already, at either end", async () => {
    const [a, b] = await tasks().insertMany(ctx, [{ title: "a" }, { title: "b" }]);
    const project = await projects().insert(ctx, { name: "P", tasks: [connect(a?.id ?? 0), connect({ id: b?.id ?? 0 }), { title: "c" }] });
    expect((await tasks().find(ctx, { projectId: project.id })).map(({ title }) => title)).toEqual(["a", "b", "c"]);
    const more = await tasks().insertMany(ctx, [{ title: "d", project: connect(project.id) }, { title: "e", project: connect({ id: project.id }), blockers: [connect(a?.id ?? 0)] }]);
    expect(more.map(({ projectId }) => projectId)).toEqual([project.id, project.id]);
    expect(await db.repository(Blocking).find(ctx)).toMatchObject([{ blockerId: a?.id, blockedId: more[1]?.id }]);
    await db.repository(Client).insert(ctx, { code: "c", name: "C", projects: [connect(project.id)] });
    expect((await projects().findByIdOrFail(ctx, project.id)).clientCode).toBe("c");
  });

  it("fills instances among the data, and only after success", async () => {
    const child = tasks().create({ title: "child" });
    const project = await projects().insert(ctx, { name: "P", tasks: [child] });
    expect(child).toMatchObject({ projectId: project.id, user_id: alice.user_id });
    const lost = tasks().create({ title: "lost" });
    await failure(ForeignKeyViolationError, () => projects().insert(ctx, { name: "Q", tasks: [lost, { title: "x", parent: connect(999_999) }] }));
    expect([lost.id, lost.projectId]).toEqual([undefined, undefined]);
    // An instance counts by its columns alone: what was loaded into it is no graph.
    const loaded = await projects().findByIdOrFail(ctx, project.id, { with: { tasks: true } });
    loaded.name = "changed";
    await projects().save(ctx, loaded);
    expect([await tasks().count(ctx), (await projects().findByIdOrFail(ctx, project.id)).name]).toEqual([1, "changed"]);
  });

  it("is all or nothing, and says where in the data a fault is", async () => {
    const error = await failure(ValidationError, () => projects().insert(ctx, { name: "P", tasks: [{ title: "a" }, { title: "b", tags: [{ name: "x" }, {}] }] }));
    expect(error.faults.map(({ property, constraint }) => [property, constraint])).toEqual([["tasks[1].tags[1].name", "required"]]);
    expect(error.entity).toBe("Project");
    await failure(ValidationError, () => projects().insertMany(ctx, [{ name: "P", tasks: [{ title: "a" }] }, { name: "Q", tasks: [{ title: 5 as never }] }]));
    await failure(ValidationError, () => projects().insert(ctx, { name: "P", tasks: [{ nothing: 1 } as never] }));
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("finds the faults of all levels before any SQL", async () => {
    const before = databases.events.length;
    const error = await failure(ValidationError, () => projects().insert(ctx, {
      name: 1 as never, client: { code: "c" },
      tasks: [{ title: 5 as never, note: {} }, { title: "b", tags: [{ name: 6 as never }], subtasks: [{ title: "x", parentId: 999 }] }],
    }));
    expect(error.faults.map(({ property, constraint }) => [property, constraint])).toEqual([
      ["name", "type"], ["client.name", "required"], ["tasks[0].title", "type"], ["tasks[0].note.text", "required"],
      ["tasks[1].tags[0].name", "type"], ["tasks[1].subtasks[0].parentId", "relation"],
    ]);
    for (const data of [{ name: "P", tasks: [{ title: "t", tags: [{}] }] }, { name: "P", tasks: [{ title: "t", subtasks: [{ title: "x", parentId: 999 }] }] },
      { name: "P", tasks: [connect("x")] }, { name: "P", client: connect(5) }]) {
      await failure(ValidationError, () => projects().insert(ctx, data));
    }
    const forged = { name: "P", tasks: [{ title: 5 as never }, { title: "t", user_id: bob.user_id }] };
    await failure(AccessViolationError, () => projects().insert(ctx, forged));
    expect(databases.events.length).toBe(before);
  });

  it("takes its copy at the call, on every level", async () => {
    const [due, child, instance] = [new Date("2027-01-01T00:00:00.000Z"), { title: "first" }, tasks().create({ title: "instance" })];
    const pending = projects().insert(ctx, { name: "P", tasks: [{ title: "dated", due }, child, instance] });
    due.setTime(0);
    [child.title, instance.title] = ["changed", "changed"];
    const { id } = await pending;
    expect((await tasks().find(ctx, { projectId: id })).map((task) => [task.title, task.due ?? null]))
      .toEqual([["dated", new Date("2027-01-01T00:00:00.000Z")], ["first", null], ["instance", null]]);
  });

  it("refuses an instance that comes twice: it could only be one of the rows", async () => {
    const [tag, task] = [db.repository(Tag).create({ name: "shared" }), tasks().create({ title: "shared" })];
    const before = databases.events.length;
    expect((await failure(InvalidQueryError, () => tasks().insertMany(ctx, [{ title: "a", tags: [tag] }, { title: "b", tags: [tag] }]))).message).toContain("at tags[0]");
    await failure(InvalidQueryError, () => projects().insertMany(ctx, [{ name: "P", tasks: [task] }, { name: "Q", tasks: [task] }]));
    expect(databases.events.length).toBe(before);
    expect([tag.id, task.id]).toEqual([undefined, undefined]);
  });

  it("connects any number of rows to one in one statement, each once, by keys that hold the reference too", async () => {
    const list = await tasks().insertMany(ctx, Array.from({ length: 100 }, (_, index) => ({ title: `t${index}` })));
    const red = await db.repository(Tag).insert({ name: "red" });
    const before = databases.events.length;
    const project = await projects().insert(ctx, { name: "P", tasks: [...list.map(({ id }) => connect(id)), ...list.map(({ id }) => connect({ id }))] });
    expect(databases.events.length - before).toBe(2);
    expect(await tasks().count(ctx, { projectId: project.id })).toBe(100);
    const task = await tasks().insert(ctx, { title: "x", tags: [connect(red.id), connect({ id: red.id })] });
    const blue = await db.repository(Tag).as(ctx).insert({ name: "blue", uses: [connect({ taskId: task.id, tagId: red.id })] });
    expect(await db.repository(TaskTag).find(ctx)).toMatchObject([{ taskId: task.id, tagId: blue.id }]);
    await failure(AccessViolationError, () => projects().insert(ctx, { name: "Q", tasks: [connect(list[0]?.id ?? 0), connect(999_999)] }));
    expect(await tasks().count(ctx, { projectId: project.id })).toBe(100);
  });

  it("leaves rows with their owner under a SystemContext, and finds the owner of rows between", async () => {
    const system = db.system("import");
    const mine = await tasks().insert(ctx, { title: "mine" });
    await failure(AccessViolationError, () => projects().insert(system, { name: "B", user_id: bob.user_id, tasks: [connect(mine.id)] }));
    expect(await tasks().findByIdOrFail(ctx, mine.id)).toEqual(mine);
    const project = await projects().insert(system, { name: "A", user_id: alice.user_id, tasks: [connect(mine.id)] });
    expect((await tasks().findByIdOrFail(ctx, mine.id)).projectId).toBe(project.id);
    await db.repository(Tag).as(system).insert({ name: "c", tasks: [{ title: "a", user_id: alice.user_id }, { title: "b", user_id: bob.user_id }] });
    expect([await db.repository(TaskTag).count(ctx), await db.repository(TaskTag).count(bobCtx)]).toEqual([1, 1]);
    const missing = await failure(ValidationError, () => projects().insert(system, { name: "nobody's", tasks: [{ title: "a" }] }));
    expect(missing.faults.map(({ property }) => property)).toContain("user_id");
  });

  it("never lets rows of the context pass for those of a new owner, and asks for links that need more to be written as rows", async () => {
    const other = await databases.open({ entities: [Account, Box, Pair] });
    const accounts = other.repository(Account);
    const owner = UserContext.of(await accounts.insert({ name: "first" }));
    const boxes = other.repository(Box);
    await failure(ValidationError, () => boxes.insert(owner, { label: "inner" }));
    // A key that is yet to come is no fault.
    const outer = await boxes.insert(owner, { label: "outer", inner: [{ label: "inner" }] });
    expect((await boxes.find(owner, { label: "inner" }))[0]?.outerId).toBe(outer.id);
    const before = databases.events.length;
    for (const box of [{ label: "x" }, connect(outer.id)]) {
      await failure(AccessViolationError, () => accounts.as(owner).insert({ name: "second", boxes: [box] }));
    }
    await failure(AccessViolationError, () => boxes.insert(owner, { label: "x", account: { name: "second" } }));
    const demanding = await failure(InvalidQueryError, () => boxes.insert(owner, { label: "x", peers: [{ label: "y" }] }));
    expect(demanding.message).toContain("also needs why, so insert rows of Pair yourself");
    expect(databases.events.length).toBe(before);
    const second = await accounts.as(other.system("import")).insert({ name: "second", boxes: [{ label: "theirs" }] });
    expect((await boxes.find(UserContext.of(second))).map(({ label }) => label)).toEqual(["theirs"]);
    expect((await boxes.find(owner)).map(({ label }) => label)).toEqual(["outer", "inner"]);
  });

  it("refuses what is no graph, before any SQL", async () => {
    const before = databases.events.length;
    const circle: { title: string; subtasks: unknown[] } = { title: "a", subtasks: [] };
    circle.subtasks.push(circle);
    await failure(InvalidQueryError, () => tasks().insert(ctx, circle as never));
    for (const data of [{ title: "x", tags: {} }, { title: "x", tags: [5] }, { title: "x", tags: [null] }, { title: "x", tags: [[]] }, { title: "x", project: 5 }, { title: "x", project: null },
      { title: "x", project: [{ name: "P" }] }, { title: "x", tags: connect(1) }]) {
      await failure(ValidationError, () => tasks().insert(ctx, data as never));
    }
    for (const data of [{ title: "x", projectId: 1, project: connect(2) }, { title: "x", project: connect("1") }, { title: "x", subtasks: [{ title: "y", parentId: 999 }] }]) {
      await failure(ValidationError, () => tasks().insert(ctx, data));
    }
    for (const data of [{ title: "x", project: connect(null as never) }, { title: "x", project: connect({ name: "P" }) }]) {
      await failure(Error, () => tasks().insert(ctx, data));
    }
    expect(databases.events.length).toBe(before);
    // An object from a request body is data, whatever it looks like.
    await failure(ValidationError, () => tasks().insert(ctx, { title: "x", project: { id: 1, brand: "connect" } } as never));
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
    for (const method of ["save", "update", "create", "upsert"] as const) {
      await failure(ValidationError, () => (method === "update" ? tasks().update(ctx, { title: "x" }, { project: { name: "P" } } as never)
        : method === "create" ? tasks().create({ title: "x", project: { name: "P" } } as never)
          : method === "save" ? tasks().save(ctx, { title: "x", project: { name: "P" } } as never)
            : db.repository(Note).upsert(ctx, { text: "x", task: { title: "t" } } as never, { on: ["taskId"] })));
    }
  });

  it("belongs to the context on every level, and reaches nobody else's rows", async () => {
    const his = await tasks().insert(bobCtx, { title: "his" });
    const hisProject = await projects().insert(bobCtx, { name: "his" });
    for (const data of [{ name: "P", tasks: [{ title: "x", user_id: bob.user_id }] }, { name: "P", client: { code: "c", name: "C", user_id: bob.user_id } },
      { name: "P", tasks: [connect(his.id)] }, { name: "P", tasks: [connect({ id: his.id, user_id: bob.user_id })] }]) {
      await failure(AccessViolationError, () => projects().insert(ctx, data as never));
    }
    await failure(ForeignKeyViolationError, () => tasks().insert(ctx, { title: "x", project: connect(hisProject.id) }));
    await failure(ForeignKeyViolationError, () => tasks().insert(ctx, { title: "x", blockers: [connect(his.id)] }));
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await tasks().findByIdOrFail(bobCtx, his.id)).toEqual(his);
    // A row that is nobody's is answered for in the same way as one that is somebody's.
    const texts = await Promise.all([his.id, 999_999].map(async (id) => (await failure(AccessViolationError, () => projects().insert(ctx, { name: "P", tasks: [connect(id)] }))).message));
    expect(texts[0]).toBe(texts[1]);
  });

  it("works from an entity that nobody owns through a context, and under a SystemContext for the owner that the data names", async () => {
    const tags = db.repository(Tag);
    await failure(ContextRequiredError, () => tags.insert({ name: "x", tasks: [{ title: "a" }] } as never));
    expect(await tags.count()).toBe(0);
    await tags.as(ctx).insert({ name: "x", tasks: [{ title: "a" }], children: [{ name: "y" }] });
    expect(await counts()).toEqual([0, 1, 0, 0, 1, 2]);
    await failure(NotFoundError, () => tags.insert({ name: "z", children: [connect(999_999)] }));
    const system = db.system("import");
    const project = await projects().insert(system, { name: "B", user_id: bob.user_id, tasks: [{ title: "t", subtasks: [{ title: "s" }], tags: [{ name: "tag" }] }], client: { code: "c", name: "C" } });
    expect(await counts(bobCtx)).toEqual([1, 2, 1, 0, 1, 3]);
    expect(project.clientCode).toBe("c");
  });

  it("deletes what the schema cascades in one statement", async () => {
    const parent = await tasks().insert(ctx, { title: "p", subtasks: [{ title: "a", subtasks: [{ title: "b" }], note: { text: "n" } }] });
    const before = databases.events.length;
    await tasks().remove(ctx, parent);
    expect(databases.events.length - before).toBe(1);
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
