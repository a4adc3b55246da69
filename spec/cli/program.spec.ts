import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Entity, PrimaryKey, User, sqlite3 } from "freehold";
import { inProcess } from "../support/command-line";

const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as { readonly version: string };
const config = { driver: sqlite3({ file: ":memory:" }), entities: [User] };

describe("the command line", () => {
  it.each([
    [["--help"], 0, "stdout", "Usage: freehold [options] [command]"],
    [["help", "schema"], 0, "stdout", "Usage: freehold schema [options] [command]"],
    [["schema", "print", "--help"], 0, "stdout", "$ npx freehold schema print > schema.sql"],
    [["--version"], 0, "stdout", version],
    [[], 2, "stderr", "Usage: freehold"],
    [["schema"], 2, "stderr", "Usage: freehold schema"],
    [["shema"], 2, "stderr", "unknown command 'shema'\n(Did you mean schema?)"],
    [["schema", "prin"], 2, "stderr", "unknown command 'prin'\n(Did you mean print?)"],
    [["schema", "print", "--jsn"], 2, "stderr", "unknown option '--jsn'\n(Did you mean --json?)"],
    [["schema", "print", "more"], 2, "stderr", "too many arguments"],
    [["schema", "print", "--config"], 2, "stderr", "argument missing"],
    [["schema", "print", "--layout", "rows"], 2, "stderr", "--layout rows is no layout"],
    [["schema", "print", "--layout", "citus"], 1, "stderr", "SQLite keeps every table whole"],
  ] as const)("%j ends with %i and says so on %s", async (args, code, stream, text) => {
    const outcome = await inProcess(args, config);
    expect(outcome.code).toBe(code);
    expect(outcome[stream]).toContain(text);
    expect(outcome[stream === "stdout" ? "stderr" : "stdout"]).toBe("");
  });

  it.each([[["nope", "--json"], 2, "USAGE"], [["--json"], 2, "USAGE"], [["schema", "print", "--layout", "citus", "--json"], 1, "INVALID_QUERY"]] as const)(
    "%j answers a machine with an error of its own", async (args, code, expected) => {
      const outcome = await inProcess(args, config);
      expect(outcome.code).toBe(code);
      expect(JSON.parse(outcome.stdout)).toEqual({ error: { code: expected, message: expect.any(String) } });
    });

  it("tells a fault of the model without a stack, and where it comes from with --stack", async () => {
    @Entity() class Faulty { @PrimaryKey() id!: number | string; }
    const outcome = await inProcess(["schema", "print"], { ...config, entities: [Faulty] });
    expect(outcome).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("Faulty") });
    expect(outcome.stderr).not.toContain("    at ");
    expect((await inProcess(["schema", "print", "--stack"], { ...config, entities: [Faulty] })).stderr).toContain("    at ");
  });

  it("says of an error that nobody expected how to find out more", async () => {
    const broken = { ...config, driver: { ...config.driver, dialect: { ...config.driver.dialect, get ddl(): never { throw new TypeError("no ddl"); } } } };
    expect(await inProcess(["schema", "print"], broken)).toEqual({
      code: 1, stdout: "", stderr: "TypeError: no ddl\n(This error was not expected here: run the command again with --stack to see where it comes from.)\n",
    });
  });
});

describe("freehold schema print", () => {
  it("prints what db.schema.sql() gives, without a database", async () => {
    const closed = { ...config, driver: { ...config.driver, open: async () => { throw new Error("nobody opens it"); } } };
    const { code, stdout } = await inProcess(["schema", "print"], closed);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^create table "user" \([^;]*\) strict;\n$/);
    expect(JSON.parse((await inProcess(["schema", "print", "--json"], closed)).stdout)).toEqual({ sql: stdout });
  });
});
