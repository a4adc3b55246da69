import { join } from "node:path";
import { Migrator } from "freehold/migrate";
import { InstalledPackage } from "../support/command-line";
import { onEveryShared } from "../support/databases";
import { projectOn, started } from "./processes";
import { Workshop } from "./workshop";

const KILLS = 20;
const SEED = Number(process.env["FREEHOLD_SEED"] ?? Date.now() % 2 ** 31);

/** Numbers from 0 to 1 that follow from the seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

let installed: InstalledPackage;
beforeAll(() => { installed = new InstalledPackage(); }, 180_000);
afterAll(() => installed.remove());

const ROWS = 400;

onEveryShared("a migration killed with SIGKILL", (databases) => {
  let shop: Workshop;
  beforeEach(() => { shop = new Workshop(databases); });
  afterEach(async () => shop.close());
  const numbers = databases.dialect === "sqlite" ? `with recursive n (n) as (select 1 union all select n + 1 from n where n < ${ROWS}) select n from n` : `select n from generate_series(1, ${ROWS}) as n (n)`;

  /** A table made anew as SQLite has to, with a child that would go with it, in a dozen steps; PostgreSQL can do the same. */
  const migration = (): string => `module.exports = { dialect: ${JSON.stringify(databases.dialect)}, up: [
    "create table fresh (id integer primary key, name text not null, half integer)",
    "insert into fresh (id, name) select id, name || '!' from item",
    ...[1, 2, 3].map((number) => \`update fresh set half = id / 2 + \${number}\`),
    { describe: "works in code", run: async (c) => { for (let id = 1; id <= 20; id += 1) await c.execute("update fresh set half = 0 where id = " + id); } },
    ${databases.dialect === "sqlite" ? "" : `"alter table part drop constraint part_item_fkey",`}
    "drop table item",
    "alter table fresh rename to item",
    ${databases.dialect === "sqlite" ? "" : `"alter table part add constraint part_item_fkey foreign key (item) references item (id) on delete cascade",`}
    "create index item_half on item (half)",
    "create table last (id integer primary key)",
    "insert into last (id) ${numbers}",
  ], down: null };\n`;

  it(`at ${KILLS} random moments leaves the database as it was before or as it is after, never between, and the next up succeeds (seed ${SEED})`, async () => {
    const next = random(SEED);
    const { place } = shop;
    const project = await projectOn(installed, databases, place);
    project.write("migrations/20260101000000_base.cjs", `module.exports = { dialect: "${databases.dialect}", up: [
      "create table item (id integer primary key, name text not null)",
      "create table part (id integer primary key, item integer constraint part_item_fkey references item (id) on delete cascade)",
      "insert into item (id, name) select n, 'item ' || n from (${numbers}) as n", "insert into part (id, item) select n, n from (${numbers}) as n",
    ], down: [] };\n`);
    const base = await started(project, ["migrate", "up"]);
    expect(base).toMatchObject({ code: 0, stdout: "applied 20260101000000_base\n" });
    project.write("migrations/20260102000000_anew.cjs", migration());
    const steps = (await started(project, ["migrate", "up", "--dry-run"])).stdout.split(";\n").length;
    // In one go: another program looks at a file, and one process is enough for it.
    const look = async (): Promise<string> => JSON.stringify(await shop.look(shop.objectsText,
      "select (select count(*) from item) as items, (select count(*) from part) as parts, (select count(*) from part join item on item.id = part.item) as pairs",
      "select * from item order by id", "select name from freehold_migration order by position"));
    const before = await look();
    const outcomes = { killed: 0, before: 0, after: 0 };
    let after: string | undefined;
    const undo = async (): Promise<void> => {
      const script = `drop table part; drop table item; drop table last; delete from freehold_migration`.split("; ");
      await shop.run(...script);
      const migrator = await Migrator.open({ driver: shop.driver, folder: join(project.folder, "migrations") });
      expect(await migrator.up({ to: "20260101000000_base" })).toHaveLength(1);
      await migrator.close();
    };
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Some at a step, some after the last one has begun: around the commit.
      const step = kill % 4 === 3 ? steps : 1 + Math.floor(next() * steps);
      const delay = kill % 4 === 3 ? next() * 12 : next() * 3;
      let planned = false;
      const { signal, code } = await started(project, ["migrate", "up"], (line, child) => {
        if (planned || !line.includes(` ${step}/`)) return;
        planned = true;
        if (delay < 0.5) child.kill("SIGKILL");
        else setTimeout(() => child.kill("SIGKILL"), delay);
      });
      if (signal === "SIGKILL") outcomes.killed += 1;
      else expect(code).toBe(0);
      // The server may still be at the last statement of somebody who is gone.
      if (databases.dialect === "postgres") await shop.rows("select pg_advisory_xact_lock(hashtextextended('freehold migrate ' || current_schema(), 0))::text");
      const found = await look();
      if (found === before) {
        outcomes.before += 1;
        // Only sometimes: the next one killed is a next one, too.
        if (kill % 5 !== 0) continue;
        const migrator = await Migrator.open({ driver: shop.driver, folder: join(project.folder, "migrations") });
        expect(await migrator.up()).toEqual(["20260102000000_anew"]);
        await migrator.close();
      } else {
        outcomes.after += 1;
      }
      const done = await look();
      if (found !== before) expect(done).toBe(found);
      after ??= done;
      expect(done).toBe(after);
      expect(JSON.parse(done)).toMatchObject({ 1: [{ items: ROWS, parts: ROWS, pairs: ROWS }], 3: [{ name: "20260101000000_base" }, { name: "20260102000000_anew" }] });
      await undo();
      expect(await look()).toBe(before);
    }
    process.stderr.write(`killed [${databases.name}]: ${JSON.stringify(outcomes)}\n`);
    expect(outcomes.killed).toBeGreaterThan(KILLS / 2);
    expect(outcomes.before).toBeGreaterThan(0);
    const migrator = await Migrator.open({ driver: shop.driver, folder: join(project.folder, "migrations") });
    await migrator.up();
    await migrator.verify();
    await migrator.close();
    expect(await look()).toBe(after);
  });
});
