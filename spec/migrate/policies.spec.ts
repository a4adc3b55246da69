import "reflect-metadata";
import { Column, Entity, ForeignKey, MigrationError, PrimaryKey, User, UserContext, UserOwned, postgres, type Driver, type OwnerId } from "freehold";
import { failure, onEveryPostgres, onEveryShared, onRowLevelSecurity, type TestDatabases } from "../support/databases";
import { server } from "../support/engines";
import { Workshop, type Entities } from "./workshop";

const first = (() => {
  @Entity() class Kind {
    @PrimaryKey() kindId!: number;
    @Column() name!: string;
  }
  @Entity() @UserOwned() class Folder {
    @PrimaryKey() folderId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() name!: string;
  }
  @Entity() @UserOwned({ by: "userId" }) class Note {
    @PrimaryKey() noteId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() one!: string;
    @Column() two!: string;
    @Column({ nullable: true }) folderId!: number;
    @Column({ nullable: true }) kindId!: number;
  }
  return { all: [User, Kind, Folder, Note], Note, Folder, Kind };
})();

/** New columns with values, and numbers that become references. */
const second = (() => {
  const { Kind, Folder } = first;
  @Entity() @UserOwned({ by: "userId" }) class Note {
    @PrimaryKey() noteId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() one!: string;
    @Column() two!: string;
    @Column() size!: number;
    @ForeignKey(() => [Folder, "folderId"], { nullable: true }) folderId!: number;
    @ForeignKey(() => [Kind, "kindId"], { nullable: true }) kindId!: number;
  }
  return { all: [User, Kind, Folder, Note], Note };
})();

/** `one` is `two` and `two` is `one`. */
const swapped = (() => {
  const { Kind, Folder } = first;
  @Entity() @UserOwned({ by: "userId" }) class Note {
    @PrimaryKey() noteId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column({ name: "two" }) one!: string;
    @Column({ name: "one" }) two!: string;
    @Column({ nullable: true }) folderId!: number;
    @Column({ nullable: true }) kindId!: number;
  }
  return { all: [User, Kind, Folder, Note], Note };
})();

/** The tables of two entities have changed their names. */
const tables = (() => {
  const { Kind } = first;
  @Entity({ table: "note" }) @UserOwned() class Folder {
    @PrimaryKey() folderId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() name!: string;
  }
  @Entity({ table: "folder" }) @UserOwned({ by: "userId" }) class Note {
    @PrimaryKey() noteId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() one!: string;
    @Column() two!: string;
    @Column({ nullable: true }) folderId!: number;
    @Column({ nullable: true }) kindId!: number;
  }
  return { all: [User, Kind, Folder, Note], Note, Folder };
})();

/** Everybody's notes, and then nobody's. */
const shared = (() => {
  const { Kind, Folder } = first;
  @Entity() class Note {
    @PrimaryKey() noteId!: number;
    @Column() one!: string;
    @Column() two!: string;
    @Column({ nullable: true }) folderId!: number;
    @Column({ nullable: true }) kindId!: number;
  }
  return { all: [User, Kind, Folder, Note], Note };
})();

const now = (databases: TestDatabases): string => databases.dialect === "sqlite" ? "'2024-01-01T00:00:00.000Z'" : "now()";

async function populated(databases: TestDatabases, entities: Entities = first.all): Promise<Workshop> {
  const shop = new Workshop(databases);
  await shop.change("first", entities);
  await shop.run(`insert into "user" (info, created_at) values ('{}', ${now(databases)}), ('{}', ${now(databases)})`,
    "insert into kind (name) values ('a'), ('b')",
    "insert into folder (user_id, name) values (1, 'f1'), (2, 'f2')",
    "insert into note (user_id, one, two, folder_id, kind_id) values (1, 'a', 'bb', 1, 1), (2, 'ccc', 'dddd', 2, 2), (2, 'e', 'f', null, null)");
  return shop;
}

onEveryShared("rows of all owners", (databases) => {
  let shop: Workshop;
  beforeEach(async () => { shop = await populated(databases); });
  afterEach(async () => shop.close());
  const policies = async (): Promise<readonly string[]> => (await shop.objects()).filter((object) => object.startsWith("policy") || / (true|t)(true|t)$/.test(object));

  it("get the values of new columns, and keep to new foreign keys", async () => {
    const before = await policies();
    await shop.change("second", second.all, { fills: ["Note.size=length(one) + length(two)"] });
    expect(await shop.rows("select note_id, size, folder_id from note order by 1")).toEqual([
      { note_id: 1, size: 3, folder_id: 1 }, { note_id: 2, size: 7, folder_id: 2 }, { note_id: 3, size: 2, folder_id: null }]);
    expect(await shop.differences(second.all)).toEqual([]);
    expect(await policies()).toEqual(before);
    expect(before.length > 0).toBe(databases.rls);
    await (await shop.migrator()).down({ allowDataLoss: true });
    expect(await shop.differences(first.all)).toEqual([]);
    expect(await policies()).toEqual(before);
  });

  it.each([
    ["of another owner's", "update note set folder_id = 1 where note_id = 2"], ["that is not there", "update note set folder_id = 9 where note_id = 2"],
    ["to a shared row that is not there", "update note set kind_id = 9 where note_id = 2"],
  ])("stay as they are when one refers to a row %s", async (_, sql) => {
    await shop.run(sql);
    const before = await shop.objects();
    await shop.plan("second", second.all, { fills: ["Note.size=1"] });
    const { message } = await failure(MigrationError, async () => (await shop.migrator()).up());
    expect(message).toContain(databases.dialect === "sqlite" ? "would leave references that point nowhere" : "failed, and nothing of the migration was done: alter table \"note\" add constraint");
    expect(await shop.objects()).toEqual(before);
    expect(await shop.differences(first.all)).toEqual([]);
  });

  it("stay as they are when a fill leaves references that point nowhere", async () => {
    await shop.change("second", second.all, { fills: ["Note.size=1"] });
    const before = await shop.rows("select * from note order by note_id");
    shop.write("fill", ["update note set folder_id = 77"]);
    const { message } = await failure(MigrationError, async () => (await shop.migrator()).up());
    expect(message).toMatch(databases.rls ? /row-level security/ : databases.dialect === "sqlite" ? /- 3 of note refer to no row of folder/ : /_fill failed, .* points at no row/);
    expect(await shop.rows("select * from note order by note_id")).toEqual(before);
  });

  it("are where columns have exchanged their names", async () => {
    const driver = shop.driver;
    await shop.change("swapped", swapped.all);
    expect(await shop.rows("select one, two from note order by note_id")).toEqual([{ one: "bb", two: "a" }, { one: "dddd", two: "ccc" }, { one: "f", two: "e" }]);
    expect(await shop.differences(swapped.all)).toEqual([]);
    const db = await shop.open({ entities: swapped.all }, driver);
    expect(await db.repository(swapped.Note).find(UserContext.forKey(User, 1))).toMatchObject([{ one: "a", two: "bb" }]);
    await (await shop.migrator()).down();
    expect(await shop.differences(first.all)).toEqual([]);
    expect(await shop.rows("select one, two from note order by note_id")).toEqual([{ one: "a", two: "bb" }, { one: "ccc", two: "dddd" }, { one: "e", two: "f" }]);
  });

  it("are where tables have exchanged their names, and are counted on", async () => {
    await shop.change("tables", tables.all);
    expect(await shop.rows("select one from folder order by note_id")).toEqual([{ one: "a" }, { one: "ccc" }, { one: "e" }]);
    expect(await shop.rows("select name from note order by folder_id")).toEqual([{ name: "f1" }, { name: "f2" }]);
    expect(await shop.differences(tables.all)).toEqual([]);
    const db = await shop.open({ entities: tables.all });
    const alice = UserContext.forKey(User, 1);
    expect(await db.repository(tables.Note).insert(alice, { one: "x", two: "y" })).toMatchObject({ noteId: 4 });
    expect(await db.repository(tables.Folder).insert(alice, { name: "x" })).toMatchObject({ folderId: 3 });
    expect(await db.repository(tables.Note).count(alice)).toBe(2);
    await (await shop.migrator()).down();
    expect(await shop.differences(first.all)).toEqual([]);
    expect(await shop.rows("select count(*) as n from note").then(([row]) => Number(row?.["n"]))).toBe(4);
  });

  it("become nobody's and somebody's again", async () => {
    await shop.change("shared", shared.all);
    expect(await shop.differences(shared.all)).toEqual([]);
    const db = await shop.open({ entities: shared.all });
    expect(await db.repository(shared.Note).count()).toBe(3);
    expect((await policies()).filter((policy) => policy.includes(" note"))).toEqual([]);
    await shop.change("owned", first.all, { fills: [`Note.userId=case when note_id = 1 then 1 else 2 end`] });
    expect(await shop.differences(first.all)).toEqual([]);
    const after = await shop.open({ entities: first.all });
    expect(await after.repository(first.Note).find(UserContext.forKey(User, 1))).toMatchObject([{ one: "a" }]);
    expect(await after.repository(first.Note).count(UserContext.forKey(User, 2))).toBe(2);
  });
});

onRowLevelSecurity("a step under forced policies", (databases) => {
  let shop: Workshop;
  beforeEach(async () => { shop = await populated(databases); });
  afterEach(async () => shop.close());

  it.each([
    ["SQL that writes", `["update note set one = 'z'"]`], ["SQL that deletes", `["delete from note"]`],
    ["code that reads", `[{ describe: "reads", run: async (c) => { await c.query("select * from note"); } }]`],
    ["code that writes", `[{ describe: "writes", run: async (c) => { await c.execute("update note set one = 'z'"); } }]`],
  ])("is refused instead of seeing no row: %s", async (_, steps) => {
    shop.writeCode("blind", steps);
    const { message } = await failure(MigrationError, async () => (await shop.migrator()).up());
    expect(message).toMatch(/_blind failed.*row-level security/);
    expect(message).toContain("no force row level security");
    expect(await shop.rows("select count(*)::int as n from note where one <> 'z'")).toEqual([{ n: 3 }]);
  });

  it("sees all rows where it lets itself", async () => {
    shop.write("seeing", ["alter table note no force row level security", "update note set one = 'z'", "alter table note force row level security"]);
    await (await shop.migrator()).up();
    expect(await shop.rows("select count(*)::int as n from note where one = 'z'")).toEqual([{ n: 3 }]);
    expect(await shop.differences(first.all)).toEqual([]);
  });
});

const perOwner = (() => {
  @Entity() @UserOwned() class Bill {
    @PrimaryKey({ generate: "perOwner" }) billId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() text!: string;
  }
  @Entity() @UserOwned() class Offer {
    @PrimaryKey({ generate: "perOwner" }) offerId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() text!: string;
  }
  @Entity({ table: "offer" }) @UserOwned() class Invoice {
    @PrimaryKey({ generate: "perOwner", name: "bill_id" }) invoiceId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() text!: string;
  }
  @Entity({ table: "bill" }) @UserOwned() class Quote {
    @PrimaryKey({ generate: "perOwner", name: "offer_id" }) quoteId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() text!: string;
  }
  return { Bill, Offer, Invoice, Quote };
})();

const counted = (() => {
  @Entity() @UserOwned() class Bill {
    @PrimaryKey() billId!: number;
    @ForeignKey("User.user_id") userId!: OwnerId;
    @Column() text!: string;
  }
  return { Bill };
})();

onEveryShared("ids that are counted for each owner", (databases) => {
  let shop: Workshop;
  beforeEach(() => { shop = new Workshop(databases); });
  afterEach(async () => shop.close());
  const users = [`insert into "user" (info, created_at) values ('{}', ${now(databases)}), ('{}', ${now(databases)})`];
  const [alice, bob] = [UserContext.forKey(User, 1), UserContext.forKey(User, 2)];

  it("go on when tables exchange their names, and back", async () => {
    const { Bill, Offer, Invoice, Quote } = perOwner;
    await shop.change("first", [User, Bill, Offer]);
    await shop.run(...users);
    const db = await shop.open({ entities: [User, Bill, Offer] });
    for (const text of ["a", "b", "c"]) await db.repository(Bill).insert(alice, { text });
    await db.repository(Bill).delete(alice, { billId: 3 });
    await db.repository(Offer).insert(alice, { text: "o" });
    await db.repository(Offer).insert(bob, { text: "o" });
    await shop.change("exchanged", [User, Invoice, Quote], { renames: ["Bill=Invoice", "Offer=Quote", "Bill.billId=Invoice.invoiceId", "Offer.offerId=Quote.quoteId"] });
    expect(await shop.differences([User, Invoice, Quote])).toEqual([]);
    const after = await shop.open({ entities: [User, Invoice, Quote] });
    expect(await after.repository(Invoice).insert(alice, { text: "d" })).toMatchObject({ invoiceId: 4 });
    expect(await after.repository(Quote).insert(alice, { text: "p" })).toMatchObject({ quoteId: 2 });
    expect(await after.repository(Invoice).insert(bob, { text: "d" })).toMatchObject({ invoiceId: 1 });
    expect(await after.repository(Quote).insert(bob, { text: "d" })).toMatchObject({ quoteId: 2 });
    await (await shop.migrator()).down();
    expect(await shop.differences([User, Bill, Offer])).toEqual([]);
    const back = await shop.open({ entities: [User, Bill, Offer] });
    expect(await back.repository(Bill).insert(alice, { text: "e" })).toMatchObject({ billId: 5 });
  });

  it("begin after those that all owners shared", async () => {
    const { Bill } = counted;
    await shop.change("first", [User, Bill]);
    await shop.run(...users);
    const db = await shop.open({ entities: [User, Bill] });
    for (const ctx of [alice, bob, alice]) await db.repository(Bill).insert(ctx, { text: "x" });
    await shop.change("perOwner", [User, perOwner.Bill]);
    expect(await shop.differences([User, perOwner.Bill])).toEqual([]);
    const after = await shop.open({ entities: [User, perOwner.Bill] });
    expect(await after.repository(perOwner.Bill).insert(alice, { text: "y" })).toMatchObject({ billId: 4 });
    expect(await after.repository(perOwner.Bill).insert(bob, { text: "y" })).toMatchObject({ billId: 3 });
  });
});

onEveryPostgres("a partitioned table", (databases) => {
  let shop: Workshop;
  const driver = (partitions = 4): Driver => {
    const made = postgres({ connectionString: server().url(shop.place), rls: databases.rls, layout: { owned: "hash-partitions", partitions } });
    return { ...made, open: async () => {
      await server().createSchema(shop.place);
      return made.open();
    } };
  };
  beforeEach(async () => {
    shop = new Workshop(databases);
    await shop.change("first", first.all, {}, driver());
    await shop.run(`insert into "user" (info, created_at) values ('{}', now()), ('{}', now())`, "insert into kind (name) values ('a'), ('b')",
      "insert into folder (user_id, name) values (1, 'f1'), (2, 'f2')",
      "insert into note (user_id, one, two, folder_id, kind_id) values (1, 'a', 'bb', 1, 1), (2, 'ccc', 'dddd', 2, 2)");
  });
  afterEach(async () => shop.close());

  it("gets columns, indexes and foreign keys", async () => {
    const indexed = (() => {
      const { Kind, Folder } = first;
      @Entity() @UserOwned({ by: "userId" }) class Note {
        @PrimaryKey() noteId!: number;
        @ForeignKey("User.user_id") userId!: OwnerId;
        @Column({ index: true }) one!: string;
        @Column() two!: string;
        @Column() size!: number;
        @ForeignKey(() => [Folder, "folderId"], { nullable: true }) folderId!: number;
        @ForeignKey(() => [Kind, "kindId"], { nullable: true }) kindId!: number;
      }
      return [User, Kind, Folder, Note];
    })();
    await shop.change("indexed", indexed, { fills: ["Note.size=length(two)"] }, driver());
    expect(await shop.differences(indexed, driver())).toEqual([]);
    expect(await shop.rows("select size from note order by note_id")).toEqual([{ size: 2 }, { size: 4 }]);
    const migrator = await shop.migrator(driver());
    await migrator.down({ allowDataLoss: true });
    expect(await shop.differences(first.all, driver())).toEqual([]);
  });

  it("stays what it is where no step can change it", async () => {
    const before = await shop.objects();
    for (const [entities, wanted] of [[first.all, driver(8)], [first.all, shop.driver], [shared.all, driver()], [tables.all, driver()]] as const) {
      const { message } = await failure(MigrationError, async () => shop.plan("other", entities, {}, wanted));
      expect(message).toMatch(/^How the rows of (note|folder) are spread over partitions .* Write the migration by hand/);
    }
    expect(await shop.objects()).toEqual(before);
  });
});
