import { InstalledPackage } from "../support/command-line";
import { onEveryShared } from "../support/databases";
import { projectOn, started } from "./processes";
import { Workshop } from "./workshop";

let installed: InstalledPackage;
beforeAll(() => { installed = new InstalledPackage(); }, 180_000);
afterAll(() => installed.remove());

onEveryShared("two processes that migrate at once", (databases) => {
  let shop: Workshop;
  beforeEach(() => { shop = new Workshop(databases); });
  afterEach(async () => shop.close());

  it("apply each migration once: one waits for the other", async () => {
    const project = await projectOn(installed, databases, shop.place);
    const names = ["one", "two", "three"].map((name, place) => `2026010${place + 1}000000_${name}`);
    for (const name of names) {
      project.write(`migrations/${name}.cjs`, `module.exports = { dialect: "${databases.dialect}", up: [
        "create table if not exists tally (name text)", "insert into tally (name) values ('${name}')",
        { describe: "takes its time", run: () => new Promise((resolve) => { setTimeout(resolve, 500); }) },
      ], down: [] };\n`);
    }
    const both = await Promise.all([started(project, ["migrate", "up", "--json"]), started(project, ["migrate", "up", "--json"])]);
    for (const one of both) expect(one).toMatchObject({ code: 0, stderr: "" });
    expect(both.flatMap(({ stdout }) => (JSON.parse(stdout) as { readonly applied: readonly string[] }).applied).sort()).toEqual(names);
    expect(await shop.rows("select name from tally order by name")).toEqual(names.map((name) => ({ name })));
    expect(await shop.rows("select name from freehold_migration order by position")).toEqual(names.map((name) => ({ name })));
  });

  it("end with a message where the other takes too long, and nothing is done twice", async () => {
    const project = await projectOn(installed, databases, shop.place);
    const config = databases.dialect === "sqlite" ? `.replace("({ file", "({ busyTimeoutMs: 100, file")` : `.replace("postgres({", "postgres({ statementTimeoutMs: 300,")`;
    project.write("impatient.cjs", `const fs = require("node:fs"); const text = fs.readFileSync("freehold.config.js", "utf8")${config}; module._compile(text, __filename);\n`);
    project.write("migrations/20260101000000_slow.cjs", `module.exports = { dialect: "${databases.dialect}", up: [
      "create table tally (name text)", "insert into tally (name) values ('slow')",
      { describe: "waits for the other", run: async () => { const fs = require("node:fs"); while (!fs.existsSync(${JSON.stringify(`${project.folder}/go`)})) await new Promise((resolve) => { setTimeout(resolve, 20); }); } },
    ], down: [] };\n`);
    let late: ReturnType<typeof started> | undefined;
    const slow = started(project, ["migrate", "up"], (line) => {
      if (!line.includes(" 3/3: ")) return;
      late = started(project, ["migrate", "up", "--config", "impatient.cjs"]);
      void late.then(() => project.write("go", ""));
    });
    expect(await slow).toMatchObject({ code: 0, stdout: "applied 20260101000000_slow\n" });
    const ended = await late;
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended?.stderr).toMatch(databases.dialect === "sqlite" ? /stayed locked by another connection; gave up after \d+ ms/ : /cancelled after 300 ms \(statementTimeoutMs\)/);
    expect(await shop.rows("select name from tally")).toEqual([{ name: "slow" }]);
  });
});
