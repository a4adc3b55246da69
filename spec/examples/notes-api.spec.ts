import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fastify, type FastifyInstance, type InjectOptions, type LightMyRequestResponse } from "fastify";
import {
  AccessViolationError, CheckViolationError, ConnectionError, ContextRequiredError, DatabaseClosedError, DataError, ForeignKeyViolationError, InvalidQueryError,
  ModelError, NotFoundError, StaleEntityError, TransactionError, UniqueViolationError, ValidationError,
} from "freehold";
import { buildApp } from "../../examples/notes-api/app";
import { Passwords } from "../../examples/notes-api/auth/passwords";
import { ConfigError, readConfig } from "../../examples/notes-api/config";
import { answerWithProblems } from "../../examples/notes-api/problem";
import { searchFor, wordsOf } from "../../examples/notes-api/search";
import { onOneOfEachDialect, type TestDatabases } from "../support/databases";
import { server } from "../support/engines";
import type { Json } from "../support/notes-api/client";

const folder = resolve(__dirname, "../../examples/notes-api");
const NEVER = "01890000-0000-7000-8000-000000000000";

/** A user of an app in this process. */
class Someone {
  cookie: string | undefined;
  constructor(readonly app: FastifyInstance) {}

  async ask(method: NonNullable<InjectOptions["method"]>, url: string, payload?: object | string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    const response = await this.app.inject({
      method, url, headers: { ...(this.cookie === undefined ? {} : { cookie: this.cookie }), ...headers }, ...(payload === undefined ? {} : { payload }),
    });
    const [cookie] = response.cookies;
    if (cookie !== undefined) this.cookie = `${cookie.name}=${cookie.value}`;
    return response;
  }

  async json(method: NonNullable<InjectOptions["method"]>, url: string, payload?: object): Promise<Json> {
    const response = await this.ask(method, url, payload);
    if (response.statusCode >= 300) throw new Error(`${String(method)} ${url}: ${response.statusCode} ${response.body}`);
    return response.body === "" ? null : response.json();
  }

  async signUp(login: string): Promise<this> {
    await this.json("POST", "/api/sign-up", { login, password: "a long password", name: `${login}'s name` });
    return this;
  }
}

onOneOfEachDialect("the notes service", (databases) => {
  const apps: FastifyInstance[] = [];
  afterEach(async () => { for (const app of apps.splice(0)) await app.close(); });

  async function open(extra: Partial<Parameters<typeof buildApp>[0]> = {}, place?: string): Promise<FastifyInstance> {
    const app = await buildApp({ ...await configOf(databases, place), ...extra });
    apps.push(app);
    return app;
  }

  async function alice(): Promise<Someone & { readonly notebook: string }> {
    const someone = await new Someone(await open()).signUp("alice");
    const { notebookId } = await someone.json("POST", "/api/notebooks", { name: "Garden" });
    return Object.assign(someone, { notebook: notebookId as string });
  }

  it("signs up, logs in and out; a session that was ended is none, whoever kept its cookie", async () => {
    const app = await open();
    const ada = await new Someone(app).signUp("Ada.Lovelace");
    expect(await ada.json("GET", "/api/me")).toMatchObject({ name: "Ada.Lovelace's name" });
    const kept = ada.cookie;
    expect((await ada.ask("POST", "/api/log-out")).statusCode).toBe(204);
    ada.cookie = kept;
    expect((await ada.ask("GET", "/api/me")).statusCode).toBe(401);

    const again = new Someone(app);
    const response = await again.ask("POST", "/api/log-in", { login: "ada.lovelace", password: "a long password" });
    expect(response.statusCode).toBe(200);
    expect(response.cookies[0]).toMatchObject({ name: "notes_session", httpOnly: true, sameSite: "Strict", path: "/" });
    expect(await again.json("GET", "/api/me")).toMatchObject({ name: "Ada.Lovelace's name" });

    const wrong = await new Someone(app).ask("POST", "/api/log-in", { login: "ada.lovelace", password: "another password" });
    const unknown = await new Someone(app).ask("POST", "/api/log-in", { login: "nobody", password: "another password" });
    expect([wrong.statusCode, wrong.body]).toEqual([401, unknown.body]);
    expect((await new Someone(app).ask("POST", "/api/sign-up", { login: "ADA.lovelace", password: "a long password", name: "x" })).json())
      .toMatchObject({ status: 409, detail: "This login is taken." });
  });

  it("keeps a session to its hours, by the token and by its row", async () => {
    const place = databases.newPlace();
    const late = await new Someone(await open({ sessionHours: -1 }, place)).signUp("late");
    expect([late.cookie, (await late.ask("GET", "/api/me")).statusCode]).toEqual([expect.stringContaining("notes_session="), 401]);
    const other = await new Someone(await open({}, place)).signUp("other");
    expect((await other.ask("GET", "/api/me")).statusCode).toBe(200);
    await databases.outside(place, [["update session set expires_at = '2000-01-01T00:00:00.000Z'"]]);
    expect((await other.ask("GET", "/api/me")).statusCode).toBe(401);
  });

  it("raises the cost of a password's hash when its user logs in", async () => {
    const place = databases.newPlace();
    const first = await open({}, place);
    await new Someone(first).signUp("alice");
    await first.close();
    const second = await open({ scryptLog2N: 11 }, place);
    await new Someone(second).json("POST", "/api/log-in", { login: "alice", password: "a long password" });
    const [[row]] = await databases.outside(place, [["select password_hash from credential"]]) as [[{ password_hash: string }]];
    expect(row.password_hash).toMatch(/^scrypt\$11\$8\$3\$/);
    await new Someone(second).json("POST", "/api/log-in", { login: "alice", password: "a long password" });
  });

  it("keeps notebooks", async () => {
    const me = await alice();
    const { notebookId } = await me.json("POST", "/api/notebooks", { name: "Attic" });
    expect((await me.ask("POST", "/api/notebooks", { name: "Attic" })).json()).toMatchObject({ status: 409, detail: "This name is taken." });
    expect(await me.json("PATCH", `/api/notebooks/${notebookId}`, { name: "Cellar" })).toMatchObject({ name: "Cellar" });
    await me.json("POST", "/api/notes", { notebookId, title: "Wine", body: "" });
    expect((await me.json("GET", "/api/notebooks")).items.map(({ name, notes }: { name: string; notes: number }) => [name, notes])).toEqual([["Cellar", 1], ["Garden", 0]]);
    expect((await me.ask("DELETE", `/api/notebooks/${notebookId}`)).json()).toMatchObject({ status: 409, detail: expect.stringContaining("still holds notes") });
    expect((await me.ask("DELETE", `/api/notebooks/${me.notebook}`)).statusCode).toBe(204);
    expect((await me.json("GET", "/api/notebooks")).items).toHaveLength(1);
  });

  it("keeps notes with tags, and refuses a change of what somebody else has changed", async () => {
    const me = await alice();
    const note = await me.json("POST", "/api/notes", { notebookId: me.notebook, title: "Tomatoes", body: "Water them", tags: [" Summer ", "food", "FOOD"] });
    expect(note).toMatchObject({ title: "Tomatoes", body: "Water them", tags: ["food", "summer"], version: 1, deletedAt: null });
    expect(Object.keys(note as object).sort()).toEqual(["body", "createdAt", "deletedAt", "noteId", "notebookId", "tags", "title", "updatedAt", "version"]);

    const changed = await me.json("PATCH", `/api/notes/${note.noteId}`, { version: 1, tags: ["winter", "food"] });
    expect(changed).toMatchObject({ title: "Tomatoes", tags: ["food", "winter"], version: 2 });
    const stale = await me.ask("PATCH", `/api/notes/${note.noteId}`, { version: 1, title: "Mine", tags: ["lost"] });
    expect(stale.headers["content-type"]).toMatch("application/problem+json");
    expect(stale.json()).toMatchObject({ status: 409, title: "Conflict", instance: `/api/notes/${note.noteId}` });
    expect(await me.json("GET", `/api/notes/${note.noteId}`)).toEqual(changed);

    expect((await me.json("GET", "/api/tags")).items.map(({ name, notes }: { name: string; notes: number }) => [name, notes])).toEqual([["food", 1], ["winter", 1]]);
    const [{ tagId }] = (await me.json("GET", "/api/tags")).items;
    expect(await me.json("PATCH", `/api/tags/${tagId}`, { name: " Vegetables" })).toMatchObject({ name: "vegetables" });
    expect((await me.ask("PATCH", `/api/tags/${tagId}`, { name: "winter" })).statusCode).toBe(409);
    expect((await me.json("GET", "/api/notes?tag=VEGETABLES")).items).toHaveLength(1);
    expect((await me.ask("DELETE", `/api/tags/${tagId}`)).statusCode).toBe(204);
    expect((await me.json("GET", `/api/notes/${note.noteId}`)).tags).toEqual(["winter"]);
    expect((await me.ask("POST", "/api/notes", { notebookId: NEVER, title: "x", body: "" })).json()).toMatchObject({ status: 409, detail: "What it refers to is not there." });
  });

  it("finds notes by the beginnings of several words, whatever their case and accents", async () => {
    const me = await alice();
    const titles = async (q: string): Promise<string[]> =>
      (await me.json("GET", `/api/notes?q=${encodeURIComponent(q)}`)).items.map(({ title }: { title: string }) => title).sort();
    for (const [title, body] of [["Crème brûlée", "Eggs and sugar"], ["Shopping", "eggs, milk"], ["100% done_now", "Ἀθήνα ÄRGER"]] as const) {
      await me.json("POST", "/api/notes", { notebookId: me.notebook, title, body });
    }
    expect(await titles("EGG")).toEqual(["Crème brûlée", "Shopping"]);
    expect(await titles("egg creme")).toEqual(["Crème brûlée"]);
    expect(await titles("  sug BRUL ")).toEqual(["Crème brûlée"]);
    expect(await titles("eggs milk sugar")).toEqual([]);
    expect(await titles("αθη arg")).toEqual(["100% done_now"]);
    expect(await titles("%")).toEqual([]);
    expect(await titles("d_ne")).toEqual([]);
    expect(await titles("gs")).toEqual([]);
    const [{ noteId, version }] = (await me.json("GET", "/api/notes?q=milk")).items;
    await me.json("PATCH", `/api/notes/${noteId}`, { version, body: "eggs, bread" });
    expect([await titles("milk"), await titles("bread"), await titles("eggs")]).toEqual([[], ["Shopping"], ["Crème brûlée", "Shopping"]]);
  });

  it("gives pages that lose and double nothing", async () => {
    const me = await alice();
    for (let n = 0; n < 7; n += 1) await me.json("POST", "/api/notes", { notebookId: me.notebook, title: `Note ${n}`, body: "" });
    const seen: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const page: { items: { title: string }[]; nextCursor: string | null } = await me.json("GET", `/api/notes?first=3&notebook=${me.notebook}${after === null ? "" : `&after=${encodeURIComponent(after)}`}`);
      seen.push(...page.items.map(({ title }) => title));
      after = page.nextCursor;
      pages += 1;
      // What comes in front of the place is not met again.
      if (pages === 1) await me.json("POST", "/api/notes", { notebookId: me.notebook, title: "Late", body: "" });
    } while (after !== null);
    expect([pages, [...seen].sort()]).toEqual([3, ["Note 0", "Note 1", "Note 2", "Note 3", "Note 4", "Note 5", "Note 6"]]);
  });

  it("has a trash", async () => {
    const me = await alice();
    const write = async (title: string): Promise<string> => (await me.json("POST", "/api/notes", { notebookId: me.notebook, title, body: "", tags: ["t"] })).noteId;
    const [first, second, third] = [await write("first"), await write("second"), await write("third")];
    for (const id of [first, second, third]) expect((await me.ask("DELETE", `/api/notes/${id}`)).statusCode).toBe(204);
    expect((await me.ask("GET", `/api/notes/${first}`)).statusCode).toBe(404);
    expect((await me.ask("DELETE", `/api/notes/${first}`)).statusCode).toBe(404);
    expect((await me.json("GET", "/api/notes")).items).toEqual([]);
    expect((await me.json("GET", "/api/tags")).items).toEqual([]);
    expect((await me.json("GET", "/api/trash?first=2"))).toMatchObject({ items: [{ title: "third", tags: ["t"] }, { title: "second" }], nextCursor: expect.any(String) });
    expect((await me.ask("POST", `/api/trash/${first}/restore`)).statusCode).toBe(204);
    expect(await me.json("GET", `/api/notes/${first}`)).toMatchObject({ title: "first", tags: ["t"], deletedAt: null });
    expect((await me.ask("DELETE", `/api/trash/${first}`)).statusCode).toBe(404);
    expect((await me.ask("DELETE", `/api/trash/${second}`)).statusCode).toBe(204);
    expect((await me.ask("POST", `/api/trash/${second}/restore`)).statusCode).toBe(404);
    expect(await me.json("DELETE", "/api/trash")).toEqual({ removed: 1 });
    expect((await me.json("GET", "/api/trash")).items).toEqual([]);
    expect((await me.json("GET", "/api/notes")).items).toHaveLength(1);
  });

  it("gives out a user's own data and takes it in again, to the last byte", async () => {
    const me = await alice();
    for (let n = 0; n < 5; n += 1) {
      const { noteId } = await me.json("POST", "/api/notes", { notebookId: me.notebook, title: `Note ${n}`, body: "line\n\"quoted\" \u{1F600}", tags: n % 2 === 0 ? ["even", "all"] : ["all"] });
      if (n === 4) await me.json("DELETE", `/api/notes/${noteId}`);
    }
    const out = await me.ask("GET", "/api/export");
    expect(out.headers["content-type"]).toBe("application/x-ndjson");
    expect(out.body.trim().split("\n").map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(["notebook", "note", "note", "note", "note", "note"]);
    expect(out.body).not.toMatch(/Id"/);

    const bob = await new Someone(me.app).signUp("bob");
    const taken = await bob.ask("POST", "/api/import", out.body, { "content-type": "application/x-ndjson" });
    expect([taken.statusCode, taken.json()]).toEqual([200, { notebooks: 1, notes: 5 }]);
    expect((await bob.ask("GET", "/api/export")).body).toBe(out.body);
    expect((await bob.json("GET", "/api/notes?q=quot&tag=even")).items).toHaveLength(2);
    expect((await bob.json("GET", "/api/trash")).items).toHaveLength(1);
    expect((await me.ask("GET", "/api/export")).body).toBe(out.body);
  });

  it("imports all or nothing, and says in which line the fault is", async () => {
    const me = await alice();
    const before = (await me.ask("GET", "/api/export")).body;
    const note = (extra: object): string => JSON.stringify({ note: {
      notebook: "New", title: "t", body: "", tags: [], createdAt: "2020-01-01T00:00:00.000Z", updatedAt: "2020-01-01T00:00:00.000Z", deletedAt: null, ...extra,
    } });
    const refused = async (...lines: string[]): Promise<Json> => {
      const response = await me.ask("POST", "/api/import", [JSON.stringify({ notebook: { name: "New" } }), ...lines].join("\n"), { "content-type": "application/x-ndjson" });
      expect(response.statusCode).toBe(400);
      expect((await me.ask("GET", "/api/export")).body).toBe(before);
      return response.json();
    };
    expect(await refused(note({}), "{oops")).toMatchObject({ detail: "Line 3 of the import is no JSON." });
    expect(await refused(note({ accountId: NEVER }))).toMatchObject({ faults: [{ field: "note.accountId", rule: "additionalProperties" }] });
    expect(await refused(note({ title: "" }))).toMatchObject({ detail: expect.stringContaining("Line 2"), faults: expect.arrayContaining([expect.objectContaining({ field: "note.title" })]) });
    expect(await refused(note({ notebook: "Other" }))).toMatchObject({ detail: expect.stringContaining("Line 2") });
    expect(await refused(note({ createdAt: "2020-02-31T00:00:00.000Z" }))).toMatchObject({ status: 400 });
    expect(await refused("[]")).toMatchObject({ detail: expect.stringContaining("Line 2") });
  });

  it("tells what is wrong with a request as problem+json, field by field", async () => {
    const me = await alice();
    const response = await me.ask("POST", "/api/notes", { notebookId: "x", body: 7, tags: ["ok", ""], color: "red" });
    expect(response.headers["content-type"]).toMatch("application/problem+json");
    const { faults, ...problem } = response.json<{ faults: { field: string; rule: string; message: string }[] }>();
    expect(problem).toEqual({ type: "about:blank", title: "Bad Request", status: 400, detail: "Some fields are not as they should be.", instance: "/api/notes" });
    expect(faults.map(({ field, rule }) => `${field} ${rule}`).sort()).toEqual(
      ["body type", "color additionalProperties", "notebookId pattern", "tags[1] minLength", "tags[1] pattern", "title required"]);
    expect(faults.every(({ message }) => message.length > 3)).toBe(true);
    // What the schema lets pass and the entity does not: class-validator's faults, in the same form.
    expect((await me.ask("POST", "/api/notebooks", { name: "\u{1F600}".repeat(80) })).statusCode).toBe(201);
    const long = await me.ask("POST", "/api/sign-up", { login: "x\u0000yz", password: "a long password", name: "n" });
    expect(long.json()).toMatchObject({ status: 400, faults: [{ field: "login", rule: "pattern" }] });
    for (const [method, url, status] of [["GET", "/api/none", 404], ["POST", "/none", 404], ["PUT", "/api/notes", 404], ["GET", `/api/notes/${NEVER}`, 404], ["GET", "/api/notes/1", 404]] as const) {
      const other = await me.ask(method, url);
      expect([url, other.json()]).toEqual([url, { type: "about:blank", title: "Not Found", status, detail: "There is nothing here that you could see.", instance: url }]);
    }
  });

  it("limits how often one address logs in", async () => {
    const app = await open({ loginsPerMinute: 3 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await new Someone(app).ask("POST", "/api/log-in", { login: "x", password: "y" })).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    // An address that somebody only says to have is none, unless a proxy says it.
    const from = async (where: FastifyInstance, address: string): Promise<LightMyRequestResponse> =>
      new Someone(where).ask("POST", "/api/log-in", { login: "x", password: "y" }, { "x-forwarded-for": address });
    const last = await from(app, "192.0.2.7");
    expect([last.statusCode, last.headers["content-type"]]).toEqual([429, expect.stringContaining("application/problem+json")]);
    const behind = await open({ loginsPerMinute: 1, origin: new URL("https://notes.example.org") });
    const [first, second, other] = [await from(behind, "192.0.2.7"), await from(behind, "192.0.2.7"), await from(behind, "192.0.2.8")];
    expect([first.statusCode, second.statusCode, other.statusCode]).toEqual([401, 429, 401]);
  });

  it("takes changes from pages of its own origin alone", async () => {
    const me = await alice();
    const from = async (headers: Record<string, string>): Promise<number> => (await me.ask("POST", "/api/notebooks", { name: JSON.stringify(headers) }, headers)).statusCode;
    expect(await from({ origin: "https://evil.example" })).toBe(403);
    expect(await from({ origin: "null" })).toBe(403);
    expect(await from({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await from({ "sec-fetch-site": "same-site" })).toBe(403);
    expect(await from({ origin: "http://localhost:80", "sec-fetch-site": "same-origin" })).toBe(201);
    expect(await from({})).toBe(201);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      expect((await me.ask("POST", "/api/notebooks", '{"name":"form"}', { "content-type": type })).statusCode).toBe(415);
    }
    const https = await open({ origin: new URL("https://notes.example.org") });
    const behind = await https.inject({ method: "POST", url: "/api/sign-up", headers: { origin: "https://notes.example.org" }, payload: { login: "abc", password: "a long password", name: "n" } });
    expect([behind.statusCode, behind.cookies[0]?.secure, behind.headers["strict-transport-security"] !== undefined]).toEqual([201, true, true]);
  });

  it("documents every route, and guards its pages", async () => {
    const app = await open();
    const document = (await app.inject("/docs/json")).json<{ paths: Record<string, Record<string, { summary?: string; responses: object }>> }>();
    const routes = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { summary, responses }]) =>
      ({ name: `${method.toUpperCase()} ${path}`, summary, statuses: Object.keys(responses) })));
    expect(routes.map(({ name }) => name).sort()).toEqual([
      "DELETE /api/notebooks/{notebookId}", "DELETE /api/notes/{noteId}", "DELETE /api/tags/{tagId}", "DELETE /api/trash", "DELETE /api/trash/{noteId}",
      "GET /api/export", "GET /api/me", "GET /api/notebooks", "GET /api/notes", "GET /api/notes/{noteId}", "GET /api/tags", "GET /api/trash",
      "PATCH /api/notebooks/{notebookId}", "PATCH /api/notes/{noteId}", "PATCH /api/tags/{tagId}",
      "POST /api/import", "POST /api/log-in", "POST /api/log-out", "POST /api/notebooks", "POST /api/notes", "POST /api/sign-up", "POST /api/trash/{noteId}/restore",
    ]);
    expect(routes.filter(({ summary }) => summary === undefined)).toEqual([]);
    const page = await app.inject("/");
    expect([page.statusCode, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none';script-src 'self'");
    expect((await app.inject("/docs/")).statusCode).toBe(200);
    // Every route under /api but these three asks for a session.
    for (const { name } of routes.filter(({ name: route }) => !/sign-up|log-in/.test(route))) {
      const [method, path] = name.split(" ") as ["GET", string];
      expect([name, (await app.inject({ method, url: path.replace(/\{\w+\}/, NEVER) })).statusCode]).toEqual([name, 401]);
    }
  });
});

describe("the parts of the notes service", () => {
  it("hashes passwords with a salt each, and knows its own hashes", async () => {
    const passwords = new Passwords(10);
    const [one, two] = [await passwords.hash("correct horse"), await passwords.hash("correct horse")];
    expect(one).not.toBe(two);
    expect(one).not.toContain("correct");
    expect(await Promise.all([passwords.matches("correct horse", one), passwords.matches("correct horse", two), passwords.matches("Correct horse", one), passwords.matches("correct horse", null)]))
      .toEqual([true, true, false, false]);
    expect([passwords.isOutdated(one), new Passwords(11).isOutdated(one)]).toEqual([false, true]);
    // One text in two forms of Unicode.
    expect(await passwords.matches("cafe\u0301 noir", await passwords.hash("caf\u00e9 noir"))).toBe(true);
  });

  it("does the same work for a login that does not exist", async () => {
    const work = jest.spyOn(jest.requireActual<typeof import("node:crypto")>("node:crypto"), "scrypt");
    const passwords = new Passwords(10);
    const stored = await passwords.hash("correct horse");
    await passwords.matches("x", null);
    const costs = async (hash: string | null): Promise<unknown[]> => {
      work.mockClear();
      await passwords.matches("wrong", hash);
      return work.mock.calls.map(([, , length, options]) => [length, options]);
    };
    const known = await costs(stored);
    expect(known).toHaveLength(1);
    expect(await costs(null)).toEqual(known);
    work.mockRestore();
  });

  it("has one answer for each of Freehold's errors, and tells nobody what went wrong inside", async () => {
    const app = fastify();
    answerWithProblems(app);
    const place = { retryable: true };
    const errors: readonly (readonly [Error, number])[] = [
      [new ValidationError("x", [{ property: "info.email", constraint: "isEmail", message: "must be an email" }], "User"), 400],
      [new InvalidQueryError("x"), 400], [new CheckViolationError("x"), 400], [new NotFoundError("secret"), 404], [new AccessViolationError("secret"), 404],
      [new UniqueViolationError("x", ["name"]), 409], [new StaleEntityError("x"), 409], [new ForeignKeyViolationError("x"), 409],
      [new ConnectionError("secret", place), 503], [new DatabaseClosedError("secret"), 503], [new TransactionError("secret", place), 503],
      [new DataError("secret"), 500], [new ContextRequiredError("secret"), 500], [new ModelError("secret", []), 500], [new Error("secret"), 500],
    ];
    errors.forEach(([error], index) => app.get(`/${index}`, () => { throw error; }));
    for (const [index, [error, status]] of errors.entries()) {
      const response = await app.inject(`/${index}`);
      expect([error.name, response.statusCode, response.json()]).toEqual([error.name, status, expect.objectContaining({ status, instance: `/${index}` })]);
      expect(response.headers["content-type"]).toMatch("application/problem+json");
      expect(response.headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
      expect(response.body).not.toContain("secret");
    }
    expect((await app.inject("/0")).json()).toMatchObject({ faults: [{ field: "info.email", rule: "isEmail", message: "must be an email" }] });
    expect((await app.inject("/5")).json()).toMatchObject({ detail: "This name is taken." });
    await app.close();
  });

  it("folds words", () => {
    expect(wordsOf("Crème BRÛLÉE, crème — 100%")).toEqual(["creme", "brulee", "100"]);
    expect(wordsOf(`${"x".repeat(60)} ${"\u{1F600}"}`)).toEqual(["x".repeat(40)]);
    expect(searchFor("%_' ;--")).toBeNull();
  });

  it("says everything that is wrong with the environment at once", () => {
    const environment = { PORT: "http", NOTES_SECRET: "short", NOTES_ORIGIN: "https://x.example/path", FREEHOLD_POSTGRES_URL: "mysql://x", NOTES_LOG_LEVEL: "loud", NOTES_SCRYPT_LOG2N: "2" };
    let thrown: unknown;
    try { readConfig(environment); } catch (error) { thrown = error; }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).faults.map((fault) => fault.split(" ", 1)[0]).sort()).toEqual(
      ["FREEHOLD_POSTGRES_URL", "NOTES_LOG_LEVEL", "NOTES_ORIGIN", "NOTES_SCRYPT_LOG2N", "NOTES_SECRET", "PORT"]);
    expect((thrown as ConfigError).message).not.toContain("short");
  });

  it("crosses owners in one file, and lets no route near the database", () => {
    const sources = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(".ts"))
      .map((name) => ({ name: name.replaceAll("\\", "/"), text: readFileSync(join(folder, name), "utf8") }));
    const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    expect(sources.filter(({ text }) => code(text).includes(".system(")).map(({ name }) => name)).toEqual(["auth/accounts.ts"]);
    expect(sources.filter(({ text }) => /\bCredential\b/.test(code(text))).map(({ name }) => name).sort()).toEqual(["auth/accounts.ts", "entities.ts"]);
    const withDatabase = sources.filter(({ text }) => /\bDatabase\b/.test(code(text))).map(({ name }) => name).sort();
    expect(withDatabase).toEqual(["auth/accounts.ts", "auth/routes.ts", "auth/session.ts", "database.ts", "mine.ts"]);
    expect(sources.filter(({ text }) => code(text).includes("UserContext.")).map(({ name }) => name).sort()).toEqual(["auth/accounts.ts", "auth/session.ts"]);
  });
});

async function configOf(databases: TestDatabases, place = databases.newPlace()): Promise<Parameters<typeof buildApp>[0]> {
  if (databases.storage === "server") await server().createSchema(place);
  return {
    driver: databases.driver(place), databaseName: place, host: "127.0.0.1", port: 0, origin: null, secret: "a secret for the specs of the notes example",
    loginsPerMinute: 1000, scryptLog2N: 10, sessionHours: 1, logLevel: "silent",
  };
}
