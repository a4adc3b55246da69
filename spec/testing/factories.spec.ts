import {
  Column, connect, Entity, Enum, ForeignKey, Json, PrimaryKey, User, UserInfo, UserOwned, type OwnerId,
} from "freehold";
import { createTestDatabase, sequence, type SeedUser } from "freehold/testing";
import { Account, accountModel, Complaint, Letter } from "../support/accounts";
import { Client, Project, Tag, Task, trackerModel } from "../support/tracker";
import { refusal, testDatabase } from "./on-engine";
import { Node, treeModel } from "./trees";

class Settings {
  theme = "plain";
}

/** A required column of each type. */
@Entity()
@UserOwned()
class Everything {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() whole!: number;
  @Column({ type: "bigint" }) large!: bigint;
  @Column({ type: "real" }) half!: number;
  @Column({ type: "decimal", precision: 4, scale: 2 }) price!: string;
  @Column() flag!: boolean;
  @Column() name!: string;
  @Column({ unique: true, length: 6 }) short!: string;
  @Column() eMail!: string;
  @Column() homeUrl!: string;
  @Column({ type: "uuid" }) code!: string;
  @Column({ type: "blob" }) bytes!: Buffer;
  @Column({ type: "datetime" }) at!: Date;
  @Column({ type: "date" }) day!: string;
  @Json() data!: unknown;
  @Json(() => Settings) settings!: Settings;
  @Enum(["red", "green"]) colour!: "red" | "green";
  @Column({ nullable: true, type: "text" }) maybe!: string | null;
  @Column({ default: 7 }) seven!: number;
}

/** Needs one of its own kind. */
@Entity()
class Egg {
  @PrimaryKey() id!: number;
  @ForeignKey("Egg.id") hen!: number;
}

describe("a factory", () => {
  const test = testDatabase({ entities: [User, Everything, Egg], jsonTypes: [Settings] });
  const tracker = testDatabase(trackerModel);
  const accounts = testDatabase({ ...accountModel, owner: Account });
  const trees = testDatabase(treeModel);
  beforeEach(async () => {
    for (const each of [test, tracker, accounts, trees]) await each().reset();
  });

  it("makes up what a row needs, the same each time, and differently for each row", async () => {
    const alice = await test().asUser();
    const [first, second] = await test().factory(Everything).createMany(alice, 2);
    expect(first).toMatchObject({
      whole: 1, large: 1n, half: 1.5, price: "1.00", flag: false, name: "name 1", short: "hort 1", eMail: "eMail1@example.org", homeUrl: "https://example.org/1",
      code: "00000000-0000-4000-8000-000000000001", bytes: Buffer.from("bytes 1"), at: new Date("2026-01-01T00:01:00Z"), day: "2026-01-02", data: {},
      settings: { theme: "plain" }, colour: "red", maybe: null, seven: 7, userId: alice.user.user_id,
    });
    expect(second).toMatchObject({ name: "name 2", short: "hort 2", code: "00000000-0000-4000-8000-000000000002" });
  });

  it("takes values, sequences and overrides, and builds without storing", async () => {
    const [alice, bob] = await test().asUsers();
    const things = test().factory(Everything, { name: sequence((n) => `Thing ${n}`), maybe: "given", colour: "green" });
    const built = things.build({ name: "built" });
    expect(built).toBeInstanceOf(Everything);
    expect([built.name, built.maybe, built.id]).toEqual(["built", "given", undefined]);
    expect(await alice.repository(Everything).count()).toBe(0);
    const [, second] = await things.createMany(alice.ctx, 2, { whole: 5 });
    expect([second?.name, second?.whole, second?.colour]).toEqual(["Thing 3", 5, "green"]);
    expect((await things.create(bob)).userId).toBe(bob.user.user_id);
    expect((await test().factory(Everything, { name: sequence((n) => `Thing ${n}`) }).create(bob)).name).toBe("Thing 1");
    expect(await things.createMany(bob, 0)).toEqual([]);
  });

  it("makes the rows that others need, in the same user's name, by their own factories", async () => {
    const [alice, bob] = await tracker().asUsers();
    const clients = tracker().factory(Client, { code: sequence((n) => `c${n}`) });
    const projects = tracker().factory(Project, { name: sequence((n) => `Project ${n}`), clientCode: clients });
    const tasks = tracker().factory(Task, { projectId: projects });
    const task = await tasks.create(alice, { title: "hers" });
    expect(await alice.repository(Task).findById(task.id, { with: { project: { with: { client: true } } } })).toMatchObject({
      title: "hers", project: { name: "Project 1", client: { code: "c1", user_id: alice.user.user_id } },
    });
    // A row in hand is no reason to make another one, whether it is named by its key or by the relation.
    const project = await projects.create(bob, { clientCode: null });
    const [one, two, none] = [
      await tasks.create(bob, { projectId: project.id }), await tasks.create(bob, { project: connect(project.id) }), await tasks.create(bob, { projectId: null }),
    ];
    expect([one.projectId, two.projectId, none.projectId]).toEqual([project.id, project.id, null]);
    expect(await bob.repository(Project).count()).toBe(1);
    expect(await bob.repository(Client).count()).toBe(0);
    expect((await tracker().factory(Tag).create({ name: "public" })).parentId).toBeNull();
  });

  it("makes rows of entities that only a system context opens", async () => {
    const letter = await accounts().factory(Letter).create(await accounts().asUser({ email: "a@example.org" }));
    const complaint = await accounts().factory(Complaint).create(accounts().db.system("spec"), { letter_id: letter.letter_id });
    expect(complaint.words).toBe("words 1");
    const [one, two] = await accounts().asUsers({ email: "b@example.org" }, {});
    expect([one.user.email, two.user.email]).toEqual(["b@example.org", "email3@example.org"]);
    await expect(one.run(async () => accounts().db.repository(Letter).inContext().count())).resolves.toBe(0);
  });

  it("refuses what it cannot know", async () => {
    const alice = await test().asUser();
    const things = test().factory(Everything);
    expect(await refusal(() => things.create(undefined as never))).toBe("Rows of Everything have owners: give create() a user of asUser(), or a context, first.");
    expect(await refusal(() => things.create(alice, { nam: "x" } as never))).toMatch(/^Everything has no property nam; it has id, userId, /);
    expect(await refusal(async () => test().factory(Everything, { nam: "x" } as never))).toMatch(/^Everything has no property nam/);
    expect(await refusal(() => things.createMany(alice, -1))).toBe("createMany takes a whole number of rows from 0, not -1.");
    expect(await refusal(async () => test().factory(Task))).toBe("Task is no entity of this database: list it in createTestDatabase({ entities }).");
    expect(await refusal(() => test().factory(Egg).create())).toBe("The factories need each other in a circle (Egg -> Egg): give one of the references a value.");
    expect((await trees().factory(Node).create(await trees().asUser())).parentId).toBeNull();
  });
});

describe("createTestDatabase", () => {
  it("asks which entity the users are, where it cannot know", async () => {
    expect(await refusal(() => createTestDatabase(accountModel))).toBe("The entities are owned by Account: say so, as in createTestDatabase({ owner: Account, … }), so that the types know it too.");
    expect(await refusal(() => createTestDatabase({ entities: [...trackerModel.entities, ...accountModel.entities] })))
      .toBe("The entities have several owner entities (User, Account): say which one asUser() makes, as in { owner: User }.");
    expect(await refusal(() => createTestDatabase({ ...accountModel, owner: User }))).toBe("User is no entity of this database: list it in createTestDatabase({ entities }).");
    const both = await createTestDatabase({ entities: [...trackerModel.entities, ...accountModel.entities], owner: Account });
    expect((await both.asUser()).ctx.owner).toBe(Account);
    await both.close();
    const ownerless = await createTestDatabase({ entities: [Egg] });
    expect(await refusal(() => ownerless.asUser())).toContain("None of the entities has an owner");
    await ownerless.close();
  });

  it("is closed for good, by await using too, and says nothing of system contexts", async () => {
    const written = jest.spyOn(process.stderr, "write");
    const test = await createTestDatabase(treeModel);
    await test.db.repository(Node).count(test.db.system("a reason for stderr"));
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
    await test[Symbol.asyncDispose]();
    await test.close();
    expect(await refusal(() => test.reset())).toContain("has been closed");
    await expect(test.db.repository(User).insert({ info: new UserInfo() })).rejects.toThrow();
  });

  it("keeps the application's own logger and clock", async () => {
    const events: unknown[] = [];
    const test = await createTestDatabase({ ...treeModel, logger: (event) => events.push(event), clock: () => new Date("2026-02-03T04:05:06Z") });
    expect((await test.asUser()).user.created_at).toEqual(new Date("2026-02-03T04:05:06Z"));
    expect(events.length).toBeGreaterThan(0);
    await test.close();
  });
});

describe("expectIsolated refuses to judge", () => {
  const test = testDatabase(treeModel);
  const seed = (user: SeedUser<User>) => user.repository(Node).insert({ name: user.text("node") });

  it("a function that varies by itself, though it looked alike twice", async () => {
    let calls = 0;
    const coin = (): string => ++calls <= 5 || calls % 2 === 0 ? "heads" : "tails";
    expect(await refusal(() => test().expectIsolated(coin, { seed }))).toContain("The function gives different answers for the same rows (result was");
  });

  it("a function that varies by itself", async () => {
    let calls = 0;
    expect(await refusal(() => test().expectIsolated(() => ({ calls: ++calls }), { seed }))).toContain("(result.calls was 1, then 2)");
  });

  it("a function that always throws", async () => {
    const error = new TypeError("x is not a function");
    const check = test().expectIsolated(() => { throw error; }, { seed });
    await expect(check).rejects.toMatchObject({ name: "TestSetupError", cause: error, message: expect.stringContaining("TypeError: x is not a function") });
  });

  it("rows that differ each time, and no rows", async () => {
    let count = 0;
    expect(await refusal(() => test().expectIsolated(() => 1, { seed: (user) => user.repository(Node).insert({ name: `node ${++count}` }) })))
      .toContain("seed() stored other rows for the same user the second time (Node[0].name: \"'node 1'\", then \"'node 2'\")");
    expect(await refusal(() => test().expectIsolated(() => 1, { seed: () => undefined }))).toContain("seed() stored no row that belongs to user A");
    expect(await refusal(() => test().expectIsolated(() => 1, { seed: async (user) => user.label === "B" ? undefined : seed(user) }))).toContain("no row that belongs to user B");
  });

  it("what is no function, no seed, no option", async () => {
    expect(await refusal(() => test().expectIsolated("list" as never, { seed }))).toContain("takes the function under test first");
    expect(await refusal(() => test().expectIsolated(() => 1, {} as never))).toContain("needs { seed: async (user) => … }");
    expect(await refusal(() => test().expectIsolated(() => 1, { seed, attack: 1 } as never))).toContain("expectIsolated has no option attack; it has seed, shared, input");
    expect(await refusal(() => test().rolledBack(undefined as never))).toContain("rolledBack takes the function");
  });

  it("and lets an error of the seed through as it is", async () => {
    const error = new Error("no such fixture");
    await expect(test().expectIsolated(() => 1, { seed: () => { throw error; } })).rejects.toBe(error);
  });
});
