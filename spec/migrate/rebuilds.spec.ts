import "reflect-metadata";
import { Column, Entity, ForeignKey, MigrationError, PrimaryKey, betterSqlite3, sqlite3 } from "freehold";
import { Migrator } from "freehold/migrate";
import { failure, onEverySqliteFile } from "../support/databases";
import { Workshop, type Entities } from "./workshop";
import type { Pool } from "../../lib/driver/driver";
import type { EntityClass } from "../../lib/metadata/records";

/** A place with houses, and their rooms. */
function around(place: EntityClass): Entities {
  @Entity() class House {
    @PrimaryKey() houseId!: number;
    @ForeignKey(() => [place, "placeId"], { onDelete: "CASCADE" }) placeId!: number;
  }
  @Entity() class Room {
    @PrimaryKey() roomId!: number;
    @ForeignKey(() => [House, "houseId"], { onDelete: "CASCADE" }) houseId!: number;
  }
  return [place, House, Room];
}

const plain = (() => {
  @Entity() class Place {
    @PrimaryKey() placeId!: number;
    @Column() name!: string;
    @ForeignKey(() => [Place, "placeId"], { nullable: true, onDelete: "CASCADE" }) insideId!: number | null;
  }
  return around(Place);
})();

/** A place must have a size now, for which SQLite needs a new table. */
const sized = (() => {
  @Entity() class Place {
    @PrimaryKey() placeId!: number;
    @Column({ unique: true }) name!: string;
    @Column() size!: number;
    @ForeignKey(() => [Place, "placeId"], { nullable: true, onDelete: "CASCADE" }) insideId!: number | null;
  }
  return around(Place);
})();

/** The place is called a site. */
const moved = (() => {
  @Entity() class Site {
    @PrimaryKey() placeId!: number;
    @Column() name!: string;
    @ForeignKey(() => [Site, "placeId"], { nullable: true, onDelete: "CASCADE" }) insideId!: number | null;
  }
  return around(Site);
})();

/** Its name is called a title. */
const titled = (() => {
  @Entity() class Place {
    @PrimaryKey() placeId!: number;
    @Column({ unique: true }) title!: string;
    @ForeignKey(() => [Place, "placeId"], { nullable: true, onDelete: "CASCADE" }) insideId!: number | null;
  }
  return around(Place);
})();

const ROWS = [
  "insert into place (place_id, name, inside_id) values (1, 'land', null), (2, 'town', 1), (3, 'street', 2)",
  "insert into house (house_id, place_id) values (1, 3), (2, 3)",
  "insert into room (room_id, house_id) values (1, 1), (2, 1), (3, 2)",
];

onEverySqliteFile("a table that is made anew", (databases) => {
  let shop: Workshop;
  beforeEach(async () => {
    shop = new Workshop(databases);
    await shop.change("first", plain);
    await shop.run(...ROWS);
  });
  afterEach(async () => shop.close());
  const counts = async (table = "place"): Promise<readonly unknown[]> => {
    const [row] = await shop.rows(`select (select count(*) from ${table}) as a, (select count(*) from house) as b, (select count(*) from room) as c`);
    return [row?.["a"], row?.["b"], row?.["c"]];
  };

  /** What differs, but for what another tool has put there. */
  const strange = async (entities: Entities): Promise<readonly unknown[]> =>
    (await shop.differences(entities)).filter((difference) => (difference as { readonly state?: unknown }).state !== "unexpected");

  it("keeps the rows that hang on it by ON DELETE CASCADE, theirs, and its own that hang on each other, and back again", async () => {
    const plan = await shop.change("sized", sized, { fills: ["Place.size=length(name)"] });
    expect(plan.up.map(({ sql }) => sql)).toContain('drop table "place"');
    expect(await counts()).toEqual([3, 2, 3]);
    expect(await shop.rows("select place_id, size, inside_id from place order by 1")).toEqual([
      { place_id: 1, size: 4, inside_id: null }, { place_id: 2, size: 4, inside_id: 1 }, { place_id: 3, size: 6, inside_id: 2 }]);
    expect(await shop.differences(sized)).toEqual([]);
    const migrator = await shop.migrator();
    await migrator.down({ allowDataLoss: true });
    expect(await counts()).toEqual([3, 2, 3]);
    expect(await shop.differences(plain)).toEqual([]);
    // The keys hold: what hangs on a row goes with it.
    await shop.run("delete from place where place_id = 2");
    expect(await counts()).toEqual([1, 0, 0]);
  });

  it.each(["with rows", "when it is empty"])("does not give the ids of deleted rows again, %s", async (how) => {
    await shop.run(how === "with rows" ? "delete from place where place_id = 3" : "delete from place");
    await shop.change("sized", sized, { fills: ["Place.size=1"] });
    await shop.run("insert into place (name, size) values ('new', 1)");
    expect(await shop.rows("select place_id from place where name = 'new'")).toEqual([{ place_id: 4 }]);
    expect(await shop.rows("select count(*) as n from sqlite_sequence where name like 'freehold_new%'")).toEqual([{ n: 0 }]);
  });

  it("counts on under another name", async () => {
    await shop.run("delete from place where place_id = 3");
    await shop.change("moved", moved, { renames: ["Place=Site"] });
    await shop.run("insert into site (name) values ('new')");
    expect(await shop.rows("select place_id from site where name = 'new'")).toEqual([{ place_id: 4 }]);
  });

  it.each(["after success", "after a failure"])("looks at foreign keys on its connection again %s", async (how) => {
    await shop.plan("sized", sized, { fills: [how === "after success" ? "Place.size=1" : "Place.size=abs('x', 'y')"] });
    const pools: Pool[] = [];
    const { driver } = shop;
    const migrator = await shop.migrator({ ...driver, open: async () => {
      const pool = await driver.open();
      pools.push(pool);
      return pool;
    } });
    if (how === "after success") await migrator.up();
    else expect((await failure(MigrationError, async () => migrator.up())).message).toContain("wrong number of arguments to function abs()");
    const lease = await pools[0]!.acquire("write");
    const answer = async (sql: string): Promise<unknown> => (await lease.connection.execute({ sql, readOnly: true, returnsRows: true }, [])).rows[0]?.[0];
    expect([await answer("pragma foreign_keys"), await answer("pragma legacy_alter_table")].map(Number)).toEqual([1, 0]);
    lease.release(false);
    expect(await counts()).toEqual([3, 2, 3]);
    expect(await shop.differences(how === "after success" ? sized : plain)).toEqual([]);
  });

  it("leaves what other tools have put beside it", async () => {
    await shop.run("create index by_tool on place (name)", "create view places as select name, inside_id from place",
      "create table log (what text)", "create trigger on_tool after update on place begin insert into log values (new.name); end");
    const before = (await shop.objects()).filter((object) => /by_tool|places|on_tool/.test(object));
    expect(before).toHaveLength(3);
    await shop.change("sized", sized, { fills: ["Place.size=1"] });
    expect((await shop.objects()).filter((object) => /by_tool|places|on_tool/.test(object))).toEqual(before);
    await shop.run("update place set name = 'x' where place_id = 1");
    expect(await shop.rows("select what from log union all select name from places where name = 'x'")).toEqual([{ what: "x" }, { what: "x" }]);
  });

  it("takes them along to its new name", async () => {
    await shop.run("create index by_tool on place (name)", "create view places as select name from place", "create table log (what text)",
      "create trigger on_tool after update on place begin insert into log select count(*) || new.name from place; end",
      "create table pin (place integer references place (place_id) on delete cascade)", "insert into pin values (1)");
    await shop.change("moved", moved, { renames: ["Place=Site"] });
    expect(await strange(moved)).toEqual([]);
    expect(await counts("site")).toEqual([3, 2, 3]);
    await shop.run("update site set name = 'x' where place_id = 1");
    expect(await shop.rows("select what from log union all select name from places where name = 'x' union all select count(*) from pin")).toEqual([{ what: "3x" }, { what: "x" }, { what: 1 }]);
    expect((await shop.objects()).some((object) => object.startsWith("index by_tool") && object.includes("site"))).toBe(true);
    const migrator = await shop.migrator();
    await migrator.down();
    expect(await strange(plain)).toEqual([]);
    await shop.run("update place set name = 'y' where place_id = 1");
    expect(await shop.rows("select name from places where name = 'y'")).toEqual([{ name: "y" }]);
  });

  it("has nothing back that the migration itself drops, whatever else begins alike", async () => {
    await shop.run("create index by_tool on place (name)", "create index by_tool_too on place (name, place_id)", "create view places as select name from place",
      "create table log (what text)", "create trigger on_tool after update on place begin insert into log values (1); end",
      "create trigger on_tool_code after update on place begin insert into log values (2); end");
    await shop.plan("sized", sized, { fills: ["Place.size=1"] });
    const dropping = shop.writeCode("dropping", `["DROP  TRIGGER IF EXISTS\\n main.[on_tool];drop view \`places\`", 'drop index by_tool_too', 'drop table place',
      "create table place (place_id integer primary key autoincrement, name text, inside_id integer)",
      { describe: "drops", run: async (c) => { await c.execute('drop table place'); await c.execute("create table place (place_id integer primary key autoincrement, name text, inside_id integer)"); } }]`, "null");
    expect(dropping).toMatch(/dropping$/);
    const migrator = await shop.migrator();
    await failure(MigrationError, async () => migrator.up());
    // Houses still refer to places; without them it goes through.
    await shop.run("delete from house", "delete from place");
    await migrator.up({ to: dropping });
    expect((await shop.objects()).filter((object) => /by_tool|on_tool|places/.test(object)).map((object) => object.split(" ")[1])).toEqual(["by_tool", "on_tool_code"]);
  });

  it.each([
    ["an index", "create index by_tool on place (name)", /the index by_tool/],
    ["an index by a quoted name", 'create index by_tool on place ("name")', /the index by_tool/],
    ["a trigger", "create trigger on_tool after insert on place begin update place set name = upper(new.name) where place_id = new.place_id; end", /a trigger on place/],
    ["a trigger on another table", "create trigger on_tool after insert on house begin update place set name = 'x'; end", /a trigger on house/],
    ["a view", "create view places as select name from place", /the view places/],
    ["a view on a view", "create view places as select title from (select name as title from place)", /the view places/],
  ])("is refused where %s of another tool's does not fit it", async (_, sql, names) => {
    await shop.run(sql);
    await shop.plan("titled", titled, { renames: ["Place.name=Place.title"] });
    const before = await shop.objects();
    const migrator = await shop.migrator();
    const { message } = await failure(MigrationError, async () => migrator.up());
    expect(message).toMatch(/_titled was not applied, since something beside the model/);
    expect(message).toMatch(names);
    expect(await shop.objects()).toEqual(before);
    expect(await counts()).toEqual([3, 2, 3]);
    expect(await strange(plain)).toEqual([]);
  });

  it("does not mind what did not work before", async () => {
    await shop.run("create view broken as select absent from place", "create trigger broken_too after insert on place begin update place set absent = 1; end");
    await shop.change("sized", sized, { fills: ["Place.size=1"] });
    expect(await shop.differences(sized)).toEqual([]);
  });
});

describe("migrations of a database in memory", () => {
  it.each([["sqlite3", sqlite3], ["betterSqlite3", betterSqlite3]] as const)("last as long as the migrator [%s]", async (_, factory) => {
    const shop = new Workshop({ dialect: "sqlite", driver: () => factory({ file: ":memory:" }), newPlace: () => ":memory:" } as never);
    try {
      await shop.plan("first", plain);
      await shop.plan("sized", sized, { fills: ["Place.size=1"] });
      const migrator: Migrator = await shop.migrator();
      expect(await migrator.up()).toHaveLength(2);
      expect((await migrator.status()).map(({ state }) => state)).toEqual(["applied", "applied"]);
      expect(await migrator.down({ to: null, allowDataLoss: true })).toHaveLength(2);
    } finally {
      await shop.close();
    }
  });
});
