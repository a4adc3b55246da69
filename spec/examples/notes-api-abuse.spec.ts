import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import autocannon from "autocannon";
import { keyFor } from "../../examples/notes-api/database";
import { onOneOfEachDialect } from "../support/databases";
import { Client, type Answer, type Json, type Sending } from "../support/notes-api/client";
import { lastingPlace, SECRET, startNotes, type LastingPlace, type NotesService } from "../support/notes-api/service";

const NEVER = "01890000-0000-7000-8000-0000000000ff";

/** How many hostile requests each part sends: what docs/notes-example.md says. */
const COUNTS = { enumeration: 132, assignment: 148, operators: 248, cursors: 81, tokens: 18, broken: 23, searches: 36, load: 1000 } as const;

/** What route and method want for a body, when the id in the path is hostile; a route that is missing here fails the spec. */
const BODIES: Readonly<Record<string, object | null>> = {
  "PATCH /api/notebooks/{notebookId}": { name: "taken over" },
  "DELETE /api/notebooks/{notebookId}": null,
  "GET /api/notes/{noteId}": null,
  "HEAD /api/notes/{noteId}": null,
  "PATCH /api/notes/{noteId}": { version: 1, title: "taken over" },
  "DELETE /api/notes/{noteId}": null,
  "PATCH /api/tags/{tagId}": { name: "taken over" },
  "DELETE /api/tags/{tagId}": null,
  "POST /api/trash/{noteId}/restore": null,
  "DELETE /api/trash/{noteId}": null,
};

/** A user with notebooks, notes, trash and tags, each text of which holds a word that nobody else's does. */
class Owner extends Client {
  readonly ids: { account: string; notebook: string; spare: string; note: string; second: string; trashed: string; tag: string } =
    { account: "", notebook: "", spare: "", note: "", second: "", trashed: "", tag: "" };
  readonly canary: string;

  constructor(url: string, readonly login: string, watch: (answer: Answer, request: string, owner: Owner) => void) {
    super(url, (answer, request) => watch(answer, request, this));
    this.canary = `canary${login}yranac`;
  }

  async settle(): Promise<this> {
    const { ids, canary } = this;
    ids.account = (await this.signUp(this.login)).accountId;
    ids.notebook = (await this.ok("POST", "/api/notebooks", { json: { name: `book ${canary}` } })).notebookId;
    ids.spare = (await this.ok("POST", "/api/notebooks", { json: { name: `spare ${canary}` } })).notebookId;
    const write = async (title: string): Promise<string> =>
      (await this.ok("POST", "/api/notes", { json: { notebookId: ids.notebook, title: `${title} ${canary}`, body: `text ${canary}`, tags: [`tag ${canary}`] } })).noteId;
    ids.note = await write("first");
    ids.second = await write("second");
    ids.trashed = await write("trashed");
    await this.ok("DELETE", `/api/notes/${ids.trashed}`);
    ids.tag = (await this.ok("GET", "/api/tags")).items[0].tagId;
    return this;
  }

  /** Everything that the owner has, to the last byte. */
  async everything(): Promise<readonly string[]> {
    const texts: string[] = [];
    for (const path of ["/api/me", "/api/notebooks", "/api/notes", "/api/trash", "/api/tags", "/api/export", `/api/notes/${this.ids.note}`]) texts.push((await this.send("GET", path)).text);
    return texts;
  }
}

onOneOfEachDialect("abuse of the notes service", (databases) => {
  let place: LastingPlace;
  let service: NotesService;
  let alice: Owner;
  let bob: Owner;
  let aliceBefore: readonly string[];
  let bobBefore: readonly string[];
  const owners: Owner[] = [];
  const statuses = new Map<number, number>();
  let sent = 0;

  /** Looks at every answer of every test: nothing of anybody else in it, and no fault of the service. */
  const watch = (answer: Answer, request: string, owner: Owner): void => {
    sent += 1;
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    for (const other of owners) if (other !== owner && answer.text.includes(other.canary)) throw new Error(`${owner.login} got ${other.login}'s text from ${request}`);
    if (answer.status >= 500) throw new Error(`${request}: ${answer.status} ${answer.text}`);
    if (answer.status >= 400 && !answer.type.startsWith("application/problem+json")) throw new Error(`${request}: ${answer.status} as ${answer.type}`);
  };

  const counted = async (work: () => Promise<void>): Promise<number> => {
    const before = sent;
    await work();
    return sent - before;
  };

  const owner = async (login: string): Promise<Owner> => {
    const made = new Owner(service.url, login, watch);
    owners.push(made);
    return made.settle();
  };

  beforeAll(async () => {
    place = await lastingPlace(databases);
    service = await startNotes({ ...place.environment, NOTES_LOG_LEVEL: "error" });
    alice = await owner("alice");
    bob = await owner("bob");
    [aliceBefore, bobBefore] = [await alice.everything(), await bob.everything()];
  });

  afterAll(async () => {
    const code = await service.stop();
    await place.remove();
    // Whatever was sent, the service has noted no error of its own.
    expect([code, service.output().split("\n").filter((line) => line.startsWith("{"))]).toEqual([0, []]);
  });

  const unchanged = async (): Promise<void> => {
    expect(await bob.everything()).toEqual(bobBefore);
    expect(await alice.everything()).toEqual(aliceBefore);
  };

  it("another's ids are answered as ids that nothing has, by every route and method", async () => {
    const document = (await alice.ok("GET", "/docs/json")) as { paths: Record<string, Record<string, unknown>> };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods)
      // Fastify answers HEAD wherever it answers GET.
      .flatMap((method) => method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]).map((method) => `${method} ${path}`));
    expect(routes.filter((route) => route.includes("{")).sort()).toEqual(Object.keys(BODIES).sort());

    /** The answer without what the caller said itself. */
    const seen = async (method: string, path: string, id: string, json: object | null): Promise<unknown> => {
      const { status, text, headers } = await alice.send(method, path.replace(/\{\w+\}/, id), json === null ? {} : { json });
      return { status, text: text.replaceAll(id, "ID"), headers: [...headers].filter(([name]) => name !== "date") };
    };
    const count = await counted(async () => {
      for (const [route, json] of Object.entries(BODIES)) {
        const [method, path] = route.split(" ") as [string, string];
        const never = await seen(method, path, NEVER, json);
        expect(never).toMatchObject({ status: 404 });
        for (const id of Object.values(bob.ids)) expect(await seen(method, path, id, json)).toEqual(never);
        for (const id of [bob.ids.note.toUpperCase(), `${bob.ids.note}%20`, "1", "..%2F..%2Fapi%2Fme"]) expect((await alice.send(method, path.replace(/\{\w+\}/, id), json === null ? {} : { json })).status).toBe(404);
      }
      // Ids in bodies and in questions.
      const refers = async (id: string): Promise<unknown[]> => {
        const made = await alice.send("POST", "/api/notes", { json: { notebookId: id, title: "t", body: "" } });
        const moved = await alice.send("PATCH", `/api/notes/${alice.ids.note}`, { json: { version: 1, notebookId: id } });
        const asked = await alice.send("GET", `/api/notes?notebook=${id}`);
        return [made.status, made.text, moved.status, moved.text, asked.text];
      };
      const never = await refers(NEVER);
      expect([never[0], never[2], never[4]]).toEqual([409, 409, '{"items":[],"nextCursor":null}']);
      for (const id of [bob.ids.notebook, bob.ids.note, bob.ids.account]) expect(await refers(id)).toEqual(never);
    });
    await unchanged();
    expect(count).toBe(COUNTS.enumeration);
  });

  it("columns that a route does not mean cannot be set", async () => {
    const foreign: readonly (readonly [string, string])[] = [
      ...["accountId", "account_id", "userId", "user_id", "owner"].map((name) => [name, JSON.stringify(bob.ids.account)] as const),
      ...["note_id", "noteId", "tagId", "credentialId", "sessionId"].map((name) => [name, JSON.stringify(bob.ids.note)] as const),
      ...["createdAt", "created_at", "updatedAt", "deletedAt"].map((name) => [name, '"2001-01-01T00:00:00.000Z"'] as const),
      ["__proto__", `{"accountId":${JSON.stringify(bob.ids.account)}}`], ["constructor", '{"prototype":{"accountId":"x"}}'], ["constructor", '"x"'], ["prototype", "{}"],
      ["toString", '"x"'], ["account", `{"accountId":${JSON.stringify(bob.ids.account)}}`], ["notebook", '{"name":"nested"}'], ["words", '[{"word":"x"}]'], ["isAdmin", "true"],
    ];
    const routes: readonly (readonly [string, string, object])[] = [
      ["POST", "/api/notebooks", { name: "assigned" }],
      ["PATCH", `/api/notebooks/${alice.ids.notebook}`, { name: "assigned" }],
      ["POST", "/api/notes", { notebookId: alice.ids.notebook, title: "assigned", body: "" }],
      ["PATCH", `/api/notes/${alice.ids.note}`, { version: 1, title: "assigned" }],
      ["PATCH", `/api/tags/${alice.ids.tag}`, { name: "assigned" }],
      ["POST", "/api/sign-up", { login: "assigned", password: "a long password", name: "assigned" }],
    ];
    const count = await counted(async () => {
      for (const [method, path, json] of routes) {
        for (const [name, value] of [...foreign, ...(method === "PATCH" && path.includes("notes") ? [] : [["version", "7"] as const])]) {
          const raw = `${JSON.stringify(json).slice(0, -1)},${JSON.stringify(name)}:${value}}`;
          const answer = await alice.send(method, path, { raw });
          expect([method, path, name, answer.status]).toEqual([method, path, name, 400]);
        }
      }
      for (const name of ["accountId", "noteId", "version", "__proto__", "id"]) {
        const raw = `{"notebook":{"name":"assigned",${JSON.stringify(name)}:{"x":1}}}`;
        expect((await alice.send("POST", "/api/import", { raw, headers: { "content-type": "application/x-ndjson" } })).status).toBe(400);
      }
    });
    await unchanged();
    expect(count).toBe(COUNTS.assignment);
  });

  it("values are never operators, and nothing is taken for another type", async () => {
    const shapes: readonly string[] = [
      '{"$ne":null}', '{"$gt":""}', '{"kind":"comparison","name":"ne","operator":"<>","value":null}', "{}", "[]", '["x"]', '[{"$ne":1}]', "1", "true", "null", '{"toString":"x"}',
      "NaN", "Infinity", "undefined", "'x'",
    ];
    const fields: readonly (readonly [string, string, readonly string[], object])[] = [
      ["POST", "/api/notes", ["notebookId", "title", "body"], { notebookId: alice.ids.notebook, title: "t", body: "b" }],
      ["PATCH", `/api/notes/${alice.ids.note}`, ["notebookId", "title", "body"], { version: 1 }],
      ["POST", "/api/notebooks", ["name"], {}],
      ["PATCH", `/api/tags/${alice.ids.tag}`, ["name"], {}],
      ["POST", "/api/sign-up", ["login", "password", "name"], { login: "shapes", password: "a long password", name: "n" }],
      ["POST", "/api/log-in", ["login", "password"], { login: "bob", password: "a long password" }],
    ];
    const versions = ['"1"', "1.5", "-1", "0", "1e400", '{"$gt":0}', "null", "[1]", "true", "9007199254740993e9"];
    const queries = [
      "q[$ne]=1", "q[]=x", "q=a&q=b", "title[$gt]=", "title=x", "tag[$ne]=", "tag=a&tag=b", "notebook[]=x", "notebook=1", "notebook[$ne]=x", "orderBy=accountId", "withDeleted=true",
      "where={}", "accountId=x", "select=accountId", "__proto__=x", "__proto__[accountId]=x", "constructor=x",
      ...["0", "-1", "1e2", "NaN", "Infinity", "101", "1.5", "0x10", "", "%201", "１", "9999999999999999999"].map((first) => `first=${first}`),
      "first[]=1", "first=1&first=2", "after[]=x", "after[$ne]=x", "after=", "after=a&after=b",
    ];
    const count = await counted(async () => {
      for (const [method, path, names, base] of fields) {
        for (const name of names) {
          for (const shape of shapes) {
            const rest = Object.entries(base).filter(([key]) => key !== name).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`).join("");
            const answer = await alice.send(method, path, { raw: `{${rest}${JSON.stringify(name)}:${shape}}` });
            expect([method, path, name, shape, answer.status]).toEqual([method, path, name, shape, 400]);
          }
        }
      }
      for (const shape of ['{"0":"x"}', '"x"', '["x",{"$ne":1}]', "[[]]", "[null]", "[1]", "1"]) {
        expect([shape, (await alice.send("PATCH", `/api/notes/${alice.ids.note}`, { raw: `{"version":1,"tags":${shape}}` })).status]).toEqual([shape, 400]);
      }
      for (const version of versions) {
        expect([version, (await alice.send("PATCH", `/api/notes/${alice.ids.note}`, { raw: `{"version":${version},"title":"x"}` })).status]).toEqual([version, 400]);
      }
      for (const query of queries) expect([query, (await alice.send("GET", `/api/notes?${query}`)).status]).toEqual([query, 400]);
    });
    await unchanged();
    expect(count).toBe(COUNTS.operators);
  });

  it("a cursor is good for its owner and its list alone, and for nobody once it was changed", async () => {
    const first = async (who: Owner, path: string): Promise<string> => (await who.ok("GET", `${path}?first=1`)).nextCursor;
    // The trash has one note: another, for a cursor of it.
    const extra = (await alice.ok("POST", "/api/notes", { json: { notebookId: alice.ids.notebook, title: "extra", body: "" } })).noteId as string;
    await alice.ok("DELETE", `/api/notes/${extra}`);
    const [hers, his, trash] = [await first(alice, "/api/notes"), await first(bob, "/api/notes"), await first(alice, "/api/trash")];
    const asked = async (cursor: string, path = "/api/notes"): Promise<Answer> => alice.send("GET", `${path}?first=1&after=${encodeURIComponent(cursor)}`);
    const count = await counted(async () => {
      expect((await asked(hers)).json()).toMatchObject({ items: [{ noteId: alice.ids.note }], nextCursor: null });
      const broken = [his, trash, "x", "null", "0", `${hers}x`, `x${hers}`, hers.slice(1), hers.slice(0, -4), hers.toUpperCase(), his.slice(0, 20) + hers.slice(20), hers.slice(0, 20) + his.slice(20), "A".repeat(4000), "'; drop table note; --"];
      for (const cursor of broken) expect([cursor, (await asked(cursor)).status]).toEqual([cursor, 400]);
      for (const cursor of [his, hers]) expect((await asked(cursor, "/api/trash")).status).toBe(400);
      for (let index = 0; index < 64; index += 1) {
        const at = Math.floor(index * hers.length / 64);
        const changed = `${hers.slice(0, at)}${hers[at] === "A" ? "B" : "A"}${hers.slice(at + 1)}`;
        const answer = await asked(changed);
        expect([at, answer.status]).toEqual([at, 400]);
      }
    });
    await alice.ok("DELETE", `/api/trash/${extra}`);
    await unchanged();
    expect(count).toBe(COUNTS.cursors);
  });

  it("a token is one that the service has made, for a session that is there, in the cookie", async () => {
    const [, token = ""] = (alice.cookie ?? "").split("=");
    const [, bobs = ""] = (bob.cookie ?? "").split("=");
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = (text: string): { sub: string; jti: string; iat: number; exp: number } => JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as { sub: string; jti: string; iat: number; exp: number };
    const made = (payload: object, secret = keyFor("sessions", SECRET), header: object = { alg: "HS256", typ: "JWT" }, digest = "sha256"): string => {
      const body = `${encode(header)}.${encode(payload)}`;
      return `${body}.${createHmac(digest, secret).update(body).digest("base64url")}`;
    };
    const [hers, his] = [claims(token), claims(bobs)];
    const status = async (cookie: string, headers: Record<string, string> = {}): Promise<number> => {
      const answer = await new Owner(service.url, "nobody", watch).send("GET", "/api/me", { headers: { ...(cookie === "" ? {} : { cookie }), ...headers } });
      return answer.status;
    };
    const [head = "", , signature = ""] = token.split(".");
    const count = await counted(async () => {
      // To see that the rest is refused for what is wrong with it: this one is right.
      expect(await status(`notes_session=${made(hers)}`)).toBe(200);
      const refused: Record<string, string> = {
        "no signature": `${encode({ alg: "none", typ: "JWT" })}.${encode(his)}.`,
        "alg none, signed": made(his, undefined, { alg: "none", typ: "JWT" }),
        "alg None": made(his, undefined, { alg: "None", typ: "JWT" }),
        "another algorithm": made(hers, undefined, { alg: "HS512", typ: "JWT" }, "sha512"),
        "another secret": made(hers, "another secret"),
        "the secret itself, not its key": made(hers, SECRET),
        "the cursors' key": made(hers, keyFor("cursors", SECRET)),
        "an empty secret": made(hers, ""),
        "expired": made({ ...hers, exp: hers.iat - 1 }),
        "another's claims under this signature": `${head}.${encode(his)}.${signature}`,
        "another's account with one's own session": made({ ...hers, sub: his.sub }),
        "one's own account with another's session": made({ ...hers, jti: his.jti }),
        "a session that never was": made({ ...hers, jti: NEVER }),
        "no session": made({ sub: hers.sub, exp: hers.exp }),
        "an account as a list": made({ ...hers, sub: [hers.sub] }),
        "a session as an operator": made({ ...hers, jti: { $ne: null } }),
      };
      for (const [what, text] of Object.entries(refused)) expect([what, await status(`notes_session=${text}`)]).toEqual([what, 401]);
      expect(await status("", { authorization: `Bearer ${token}` })).toBe(401);
    });
    await unchanged();
    expect(count).toBe(COUNTS.tokens);
  });

  it("what is too large, broken or of another kind is refused in order", async () => {
    const status = async (method: string, path: string, sending: Sending): Promise<number> => (await alice.send(method, path, sending)).status;
    const ndjson = { "content-type": "application/x-ndjson" };
    const notes = "/api/notes";
    const note = (body: string): object => ({ notebookId: alice.ids.notebook, title: "t", body });
    const count = await counted(async () => {
      for (const raw of ["{", "", '{"name":', "[}", "\u0000", '{"name":"x"}}', "[".repeat(10_000), `{"name":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`]) {
        expect([raw.slice(0, 10), await status("POST", "/api/notebooks", { raw })]).toEqual([raw.slice(0, 10), 400]);
      }
      expect(await status("POST", notes, { json: note("x".repeat(20_001)) })).toBe(400);
      expect(await status("POST", notes, { json: note("x\u0000y") })).toBe(400);
      expect(await status("POST", notes, { json: note("x\ud800y") })).toBe(400);
      expect(await status("POST", notes, { raw: JSON.stringify(note("x".repeat(300_000))) })).toBe(413);
      for (const type of ["text/plain", "text/html", "application/xml", "x"]) expect(await status("POST", notes, { raw: "{}", headers: { "content-type": type } })).toBe(415);
      expect(await status("POST", "/api/import", { raw: Uint8Array.of(0x7b, 0xff, 0xfe), headers: ndjson })).toBe(400);
      expect(await status("POST", "/api/import", { raw: "\u0000", headers: ndjson })).toBe(400);
      expect(await status("POST", "/api/import", { raw: `{"notebook":{"name":"x"}}\n${"[".repeat(100_000)}`, headers: ndjson })).toBe(400);
      expect(await status("POST", "/api/import", { raw: "\n".repeat(20_001), headers: ndjson })).toBe(413);
      expect(await status("POST", "/api/import", { raw: " ".repeat(1_000_000), headers: ndjson })).toBe(413);
      expect(await status("POST", "/api/import", { raw: `${" ".repeat(100_000)}\n`.repeat(170), headers: ndjson })).toBe(413);
      expect(await status("GET", `/api/notes?q=${"x".repeat(201)}`, {})).toBe(400);
    });
    await unchanged();
    expect(count).toBe(COUNTS.broken);
  });

  it("what is searched for stays a text", async () => {
    const texts = [
      "' or 1=1 --", "'; drop table note; --", "\" or \"\"=\"", "1) or (1=1", "%", "_", "%%%", "\\", "\\%", "*", "?", "$1", ":q", "@q", "/**/", ";", "\u0000", "\ud83d\ude00", "union select * from credential",
      "select password_hash from credential", "x' union all select login from credential --", "${7*7}", "{{7*7}}", "../../etc/passwd", "<script>alert(1)</script>", "\r\nset-cookie: x=y",
      "a".repeat(200), "\u202e", "İ", "ß", "ﬂ", "\u0301\u0301\u0301", "NULL", "true", bob.canary, `${alice.canary} ${bob.canary}`,
    ];
    const found: number[] = [];
    const count = await counted(async () => {
      for (const text of texts) found.push((await alice.ok("GET", `/api/notes?q=${encodeURIComponent(text)}`)).items.length as number);
    });
    expect([Math.max(...found), count]).toEqual([0, COUNTS.searches]);
    expect((await alice.ok("GET", `/api/notes?q=${alice.canary}`)).items).toHaveLength(2);
    await unchanged();
  });

  it("a thousand mixed requests of twenty users at once: no foreign word, no fault, and the counts are right", async () => {
    const users = await Promise.all(Array.from({ length: 20 }, (_, index) => owner(`user${String(index).padStart(2, "0")}`)));
    const totals = new Map<number, number>();
    const wrong: string[] = [];
    const kept = users.map(() => ({ written: 0, trashed: 0 }));
    let next = 0;

    const plan = (who: Owner, index: number): autocannon.Request[] => {
      const other = users[(index + 1) % users.length] ?? who;
      const mine = kept[index] ?? { written: 0, trashed: 0 };
      // Filled in by the answers that come before, since each user's requests follow each other.
      const state: { note: string | null; version: number; cursor: string } = { note: null, version: 1, cursor: "" };
      const step = (name: string, request: autocannon.Request, expected: number, after?: (json: Json) => void): autocannon.Request => ({
        ...request,
        headers: { cookie: who.cookie ?? "", ...(request.body === undefined ? {} : { "content-type": "application/json" }) },
        setupRequest: (prepared: autocannon.Request) => ({ ...prepared, path: prepared.path?.replace("NOTE", state.note ?? NEVER).replace("CURSOR", encodeURIComponent(state.cursor)), ...(prepared.body === undefined ? {} : { body: String(prepared.body).replace('"VERSION"', String(state.version)) }) }),
        onResponse: (status: number, body: string) => {
          totals.set(status, (totals.get(status) ?? 0) + 1);
          if (status !== expected) wrong.push(`${who.login} ${name}: ${status} ${body}`);
          for (const foreign of [...users, alice, bob]) if (foreign !== who && body.includes(foreign.canary)) wrong.push(`${who.login} ${name}: a word of ${foreign.login}`);
          if (status < 300) after?.(JSON.parse(body));
        },
      });
      const get = (path: string): autocannon.Request => ({ method: "GET", path });
      const write = (number: number): autocannon.Request => step("write", {
        method: "POST", path: "/api/notes",
        body: JSON.stringify({ notebookId: who.ids.notebook, title: `load ${number} ${who.canary}`, body: `many words ${who.canary} ${number}`, tags: ["shared", `n${number % 3}`] }),
      }, 201, ({ noteId, version }) => { state.note = noteId as string; state.version = version as number; mine.written += 1; });
      const round = (number: number): autocannon.Request[] => [
        write(number),
        step("search", get(`/api/notes?q=load+${who.canary}`), 200),
        step("change", { method: "PATCH", path: "/api/notes/NOTE", body: '{"version":"VERSION","body":"changed","tags":["shared","changed"]}' }, 200, ({ version }) => { state.version = version as number; }),
        step("read another's", get(`/api/notes/${other.ids.note}`), 404),
        step("page", get("/api/notes?first=2"), 200, ({ nextCursor }) => { state.cursor = nextCursor as string; }),
        step("next page", get("/api/notes?first=2&after=CURSOR"), 200),
        step("search for another's word", get(`/api/notes?q=${other.canary}`), 200, ({ items }) => { if (items.length > 0) wrong.push(`${who.login} found another's word`); }),
        step("change another's", { method: "PATCH", path: `/api/notes/${other.ids.note}`, body: '{"version":1,"title":"mine"}' }, 404),
        step("stale", { method: "PATCH", path: `/api/notes/${who.ids.note}`, body: '{"version":99,"title":"stale"}' }, 409),
        number % 2 === 0 ? step("throw away", { method: "DELETE", path: "/api/notes/NOTE" }, 204) : step("export", get("/api/export"), 200),
      ];
      return Array.from({ length: 5 }, (_, number) => round(number)).flat();
    };
    const started = users.map((who, index) => plan(who, index));
    const result = await autocannon({
      url: service.url, connections: users.length, amount: COUNTS.load, timeout: 60,
      setupClient: (client) => {
        const requests = started[next];
        next += 1;
        if (requests === undefined) throw new Error("more connections than users");
        client.setRequests(requests);
      },
    });
    expect(wrong).toEqual([]);
    expect([result.errors, result.timeouts, result["5xx"], next]).toEqual([0, 0, 0, 20]);
    // 5 rounds of 20 users: what each kind of request is answered with.
    expect(Object.fromEntries(totals)).toEqual({ 200: 540, 201: 100, 204: 60, 404: 200, 409: 100 });

    for (const [index, who] of users.entries()) {
      const everything = await who.ok("GET", "/api/export") as string;
      const notes = everything.trim().split("\n").map((line) => JSON.parse(line) as { note?: { deletedAt: string | null; title: string } }).flatMap(({ note }) => note ?? []);
      expect([who.login, kept[index]?.written, notes.length, notes.filter(({ deletedAt }) => deletedAt === null).length, notes.every(({ title }) => title.includes(who.canary))])
        .toEqual([who.login, 5, 8, 4, true]);
      expect((await who.ok("GET", "/api/tags")).items.map(({ name, notes: count }: { name: string; notes: number }) => [name, count]))
        .toEqual([["changed", 2], ["shared", 2], [`tag ${who.canary}`, 2]]);
    }
    await unchanged();
  });

  it("a session that was ended ends everywhere", async () => {
    const guest = await owner("guest");
    const stolen = new Client(service.url);
    stolen.cookie = guest.cookie;
    expect((await stolen.send("GET", "/api/notes")).status).toBe(200);
    await guest.ok("POST", "/api/log-out");
    expect((await stolen.send("GET", "/api/notes")).status).toBe(401);
  });

  it("the documentation says how many requests these are", () => {
    const page = readFileSync(resolve(__dirname, "../../docs/notes-example.md"), "utf8");
    expect(Object.values(COUNTS).filter((count) => !page.includes(`| ${count.toLocaleString("en")} |`))).toEqual([]);
    expect([...statuses.keys()].sort()).toEqual([200, 201, 204, 400, 401, 404, 409, 413, 415]);
  });
});
