import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { Agent, request, type ClientRequest } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Database, sqlite3, User } from "freehold";
import { Note, Profile } from "../../examples/nestjs/entities";

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: ReturnType<typeof JSON.parse>;
}

/** The example as a process of its own, on a file of its own. */
let service: ChildProcess;
let url = "";
let printed = "";
let folder = "";
/** Fewer connections than requests: many users' requests go over each. */
const agent = new Agent({ keepAlive: true, maxSockets: 6 });

/** Resolves when the service has printed something. */
function says(pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((found, lost) => {
    const look = (): void => {
      const match = pattern.exec(printed);
      if (match !== null) found(match);
    };
    service.stdout!.on("data", look);
    service.once("exit", () => lost(new Error(`the service ended before it said ${pattern.source}:\n${printed}`)));
    look();
  });
}

interface Call {
  readonly as?: string;
  readonly method?: string;
  readonly body?: unknown;
}

function ask(path: string, { as, body, method = body === undefined ? "GET" : "POST" }: Call = {}): Promise<Answer> {
  return new Promise((done, failed) => {
    const call = open(path, method, as, (text, status) => done({ status, text, get json() { return JSON.parse(text); } }));
    call.on("error", failed).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function open(path: string, method: string, as: string | undefined, done: (text: string, status: number) => void, heard?: (text: string) => void): ClientRequest {
  const headers = { ...as === undefined ? {} : { authorization: `Bearer ${as}` }, ...method === "GET" ? {} : { "content-type": "application/json" } };
  return request(`${url}${path}`, { method, headers, agent: heard === undefined ? agent : false }, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; heard?.(text); }).on("end", () => done(text, response.statusCode ?? 0));
  });
}

const signUp = async (name: string): Promise<string> => (await ask("/accounts", { body: { name } })).json.token as string;
const titles = async (as: string): Promise<readonly string[]> => ((await ask("/notes", { as })).json as Note[]).map(({ title }) => title);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "freehold-nestjs-"));
  service = spawn(process.execPath, ["scripts/run-example.cjs", "examples/nestjs/main.ts"], {
    cwd: resolve(__dirname, "../.."), env: { ...process.env, PORT: "0", FREEHOLD_NOTES_FILE: join(folder, "notes.db") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [service.stdout!, service.stderr!]) stream.setEncoding("utf8").on("data", (text: string) => { printed += text; });
  url = (await says(/listening on (http:\S+)/))[1]!;
});

afterAll(() => {
  agent.destroy();
  if (service.exitCode === null) service.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

describe("the example with NestJS, as a service", () => {
  it("keeps each user's notes", async () => {
    const [ada, bob] = [await signUp("Ada"), await signUp("Bob")];
    const note = (await ask("/notes", { as: ada, body: { title: "Garden" } })).json as Note;
    expect(await ask("/accounts/me", { as: ada })).toEqual(expect.objectContaining({ status: 200, json: { name: "Ada" } }));
    expect(await titles(ada)).toEqual(["Garden"]);
    expect(await titles(bob)).toEqual([]);

    const missing = await ask("/notes/999999", { as: bob });
    expect(missing.status).toBe(404);
    expect(await ask(`/notes/${note.note_id}`, { as: bob })).toEqual(missing);
    expect(await ask(`/notes/${note.note_id}`, { as: bob, method: "PATCH", body: { title: "mine" } })).toEqual(missing);
    expect((await ask(`/notes/${note.note_id}`, { as: ada, method: "PATCH", body: { text: "beans" } })).json).toEqual({ ...note, text: "beans" });
    expect(await ask("/notes", { as: bob, body: { title: "forged", user_id: note.user_id } })).toEqual(missing);
    expect(await titles(ada)).toEqual(["Garden"]);
  });

  it("refuses requests that say no user, and tokens that it did not make", async () => {
    const ada = await signUp("Ada");
    expect((await ask("/notes")).status).toBe(401);
    expect((await ask("/notes", { as: `${ada.split(".")[0]!}.${"A".repeat(43)}` })).status).toBe(401);
    expect((await ask("/notes", { as: ada.replace(/^\d+/, "1") })).status).toBe(401);
    expect((await ask("/notes", { as: "" })).status).toBe(401);
  });

  it("says which values it refuses", async () => {
    const ada = await signUp("Ada");
    const { status, json } = await ask("/notes", { as: ada, body: { title: "", text: { $ne: "" } } });
    expect(status).toBe(400);
    expect(json.faults.map(({ property }: { property: string }) => property).sort()).toEqual(["text", "title"]);
    expect((await ask("/accounts", { body: {} })).status).toBe(400);
    expect((await ask("/notes", { as: ada, body: { title: "a", role: "admin" } })).json.code).toBe("VALIDATION_ERROR");
  });

  it("never crosses users among forty requests at once", async () => {
    const users = await Promise.all(["Ada", "Bob", "Cem", "Dora"].map(async (name) => ({ name, token: await signUp(name) })));
    const answers = await Promise.all(Array.from({ length: 40 }, async (_each, index) => {
      const { name, token } = users[index % users.length]!;
      if (index < 20) return { name, text: (await ask("/notes", { as: token, body: { title: `${name} ${index}` } })).text };
      return { name, text: (await ask(index % 2 === 0 ? "/notes" : "/notes/export", { as: token })).text };
    }));
    for (const { name, text } of answers) {
      expect(text.match(/"title":"\w+/g) ?? []).toEqual((text.match(/"title":"\w+/g) ?? []).map(() => `"title":"${name}`));
    }
    for (const { name, token } of users) expect(await titles(token)).toHaveLength(answers.slice(0, 20).filter((each) => each.name === name).length);
  });

  it("tells each user of changes of the own notes, whoever else writes meanwhile", async () => {
    const [ada, bob] = [await signUp("Ada"), await signUp("Bob")];
    const heard = { ada: "", bob: "" };
    const listen = (who: "ada" | "bob", as: string): { readonly until: (part: string) => Promise<void>; readonly call: ClientRequest } => {
      const waiting: (() => void)[] = [];
      const call = open("/notes/events", "GET", as, () => undefined, (text) => { heard[who] = text; waiting.forEach((look) => look()); });
      call.on("error", () => undefined).end();
      const until = (part: string): Promise<void> => new Promise((found) => {
        const look = (): void => { if (heard[who].includes(part)) found(); };
        waiting.push(look);
        look();
      });
      return { until, call };
    };
    const [first, second] = [listen("ada", ada), listen("bob", bob)];
    await Promise.all([first.until("data: []"), second.until("data: []")]);
    await Promise.all([["ada's", ada], ["bob's", bob]].map(([title, as]) => ask("/notes", { as: as!, body: { title } })));
    await Promise.all([first.until('data: ["ada\'s"]'), second.until('data: ["bob\'s"]')]);
    expect(heard.ada).not.toContain("bob");
    expect(heard.bob).not.toContain("ada");
    first.call.destroy();
    second.call.destroy();
  });

  it("ends well: the running request is answered, streams end, and then the database is closed", async () => {
    const ada = await signUp("Ada");
    const stream = new Promise<string>((done) => { open("/notes/events", "GET", ada, done, (text) => { if (text.includes("data: []")) started(); }).end(); });
    let started = (): void => undefined;
    await new Promise<void>((resolve) => { started = resolve; });
    const ended = new Promise<number | null>((done) => { service.once("exit", done); });

    // Half of a request is on its way when the service is told to stop.
    const body = JSON.stringify({ title: "the last one" });
    const answer = new Promise<[string, number]>((done, failed) => {
      const call = request(`${url}/notes`, {
        method: "POST", agent: false, headers: { "authorization": `Bearer ${ada}`, "content-type": "application/json", "content-length": body.length, "expect": "100-continue" },
      }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("end", () => done([text, response.statusCode ?? 0]));
      }).on("error", failed);
      call.on("continue", () => {
        call.write(body.slice(0, 5));
        service.kill("SIGTERM");
        says(/stopping: SIGTERM/).then(() => call.end(body.slice(5)), failed);
      });
      call.flushHeaders();
    });

    const [text, status] = await answer;
    expect([status, JSON.parse(text).title]).toEqual([201, "the last one"]);
    expect(await stream).toContain("data: []");
    expect(await ended).toBe(0);
    // A database that was closed leaves no log beside its file.
    expect(readdirSync(folder)).toEqual(["notes.db"]);
    const db = await Database.open({ driver: sqlite3({ file: join(folder, "notes.db") }), entities: [User, Note], jsonTypes: [Profile], logger: () => undefined });
    expect(await db.repository(Note).count(db.system("spec"), { title: "the last one" })).toBe(1);
    await db.close();
    expect(printed).not.toMatch(/error/i);
  });
});
