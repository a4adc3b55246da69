import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engines, server } from "../support/engines";
import { inProcess } from "../support/command-line";
import { rawSqlite } from "../support/raw-sqlite";

let folder = "";
let file = "";
const config = (): never => { throw new Error("no configuration is needed"); };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "freehold-introspect-"));
  file = join(folder, "shop.db");
  const raw = rawSqlite(file);
  raw.exec(`create table users (id integer primary key, email text not null unique);
    create table orders (id integer primary key, user_id integer not null references users, at datetime, total numeric check (total > 0));
    create table log (line text); create table "bad\u001b[31m" (line text)`);
  raw.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("freehold introspect", () => {
  it("writes a folder of entities, and says what it found besides", async () => {
    const out = join(folder, "entities");
    const { code, stdout, stderr } = await inProcess(["introspect", `sqlite:${file}`, "--out", out], config);
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toEqual(["orders.ts", "users.ts", "index.ts"].map((name) => join(out, name)));
    expect(readdirSync(out).sort()).toEqual(["index.ts", "orders.ts", "users.ts"]);
    expect(readFileSync(join(out, "orders.ts"), "utf8")).toContain("/** Looks owned: userId refers to users. ");
    expect(stderr).toContain("Looks owned (docs/adopting-ownership.md)\n  Orders: user_id refers to users\n");
    expect(stderr).toContain("Kept in the database, not managed\n  Orders: check : total > 0\n");
    expect(stderr).toContain("Without an entity\n  bad\\u001b[31m: it has no primary key");
    expect(stderr).toContain("Orders.at: SQLite has no type for moments");
  });

  it("leaves the file as it is", async () => {
    const before = readFileSync(file);
    expect((await inProcess(["introspect", file], config)).code).toBe(0);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(["shop.db"]);
  });

  it("overwrites nothing unasked, and then writes nothing at all", async () => {
    const out = join(folder, "entities");
    await inProcess(["introspect", file, "--out", out, "--table", "users"], config);
    writeFileSync(join(out, "users.ts"), "mine");
    const refused = await inProcess(["introspect", file, "--out", out], config);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("has users.ts, index.ts already, and nothing was written") as string });
    expect(readFileSync(join(out, "users.ts"), "utf8")).toBe("mine");
    expect(existsSync(join(out, "orders.ts"))).toBe(false);
    expect((await inProcess(["introspect", file, "--out", out, "--force"], config)).code).toBe(0);
    expect(readFileSync(join(out, "users.ts"), "utf8")).toContain("export class Users");
  });

  it("tells machines what looks owned", async () => {
    const { code, stdout } = await inProcess(["introspect", file, "--json"], config);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      out: null,
      entities: [
        { name: "Orders", table: "orders", looksOwned: [{ column: "user_id", targetTable: "users", nullable: false, by: "foreign key" }] },
        { name: "Users", looksOwned: [] },
      ],
      left: [{ table: "bad\u001b[31m" }, { table: "log" }],
    });
  });

  it.each([
    [["introspect"], 2, "missing required argument"],
    [["introspect", "nowhere.db"], 2, "There is no file"],
    [["introspect", "mysql://root:secret@localhost/shop"], 2, "is no database"],
    [["introspect", "FILE", "--schema", "x"], 2, "--schema is for PostgreSQL"],
    [["introspect", "FILE", "--table", "nope"], 1, 'There is no table "nope"; the tables are'],
  ] as const)("%j ends with %i", async (args, code, text) => {
    const outcome = await inProcess(args.map((arg) => arg === "FILE" ? file : arg), config);
    expect(outcome).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(text) as string });
    expect(outcome.stderr).not.toContain("secret");
  });

  const [postgres] = engines.filter(({ name }) => name === "postgres");
  (postgres === undefined ? it.skip : it)(`reads a schema of PostgreSQL by its name${postgres === undefined ? " (SKIPPED: not on the engines of FREEHOLD_ENGINES)" : ""}`, async () => {
    const place = `${server().newSchema()}`;
    await server().outside(place, [["create table things (id serial primary key, user_id int)"], ["create table tenants (id uuid primary key)"]]);
    const url = new URL(server().url("public"));
    url.searchParams.delete("options");
    const { code, stdout, stderr } = await inProcess(["introspect", url.href, "--schema", place, "--json"], config);
    await server().clear();
    await server().disconnect();
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ entities: [{ table: "tenants" }, { table: "things" }] });
  });
});
