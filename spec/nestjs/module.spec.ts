import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const root = resolve(__dirname, "../..");

/** What the programs beside this file answered, by question. */
let answers: Readonly<Record<string, unknown>>;

const answer = <T = unknown>(question: string): T => answers[question] as T;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/run-example.cjs", "spec/nestjs/programs/all.ts"], { cwd: root });
  answers = JSON.parse(stdout) as typeof answers;
});

describe("FreeholdModule", () => {
  it("injects repositories and the database, with its tables", () => {
    expect(answer("injects repositories and the database")).toEqual({ notes: "OwnedRepository", users: "Repository", titles: ["ada's"], count: 2 });
    expect(answer("injects by property too")).toBe(0);
  });

  it("closes the database when the application has stopped, after everything that may need it", () => {
    expect(answer("closes the database last")).toEqual({ before: false, usersAtTheEnd: 2, after: true });
  });

  it("leaves a database alone that an application puts in its place", () => {
    expect(answer("leaves a database alone that stands in for its own")).toEqual({ same: true, notes: "a stand-in", closed: false });
  });

  it("takes options that are made when the application starts, from one source", () => {
    const unclear = "ConnectionError: FreeholdModule.forRootAsync needs exactly one of useFactory, useClass and useExisting.";
    expect(answer("makes options when the application starts")).toEqual({ useFactory: 0, useClass: 0, useExisting: 0, none: unclear, two: unclear });
  });

  it("keeps several databases apart by name", () => {
    expect(answer("keeps databases apart by name")).toEqual({ seen: [1, 0, 0], closed: true });
    expect(answer("refuses one name for two databases")).toContain("for the default database: give one of them another `name`");
  });

  it("collects the entities of its own application, and of no other in the process", () => {
    const { byName, shelvesInFirst, notesInSecond, ...found } = answer<Record<string, unknown>>("collects the entities of one application");
    expect(found).toEqual({ notes: "OwnedRepository", shelves: 0 });
    expect(shelvesInFirst).toContain("Shelf is not an entity of this database");
    expect(notesInSecond).toContain("Note is not an entity of this database");
    expect(byName).toContain("freehold:database:third");
  });

  it("refuses entities that the database does not have, and what is no class", () => {
    expect(answer("refuses entities that the database does not have")).toEqual({
      missing: expect.stringContaining("Note is not an entity of this database"),
      undefined: expect.stringContaining("FreeholdModule.forFeature was given undefined"),
      inject: expect.stringContaining("two files import each other"),
    });
  });

  it("does not mix up two entities of one name", () => {
    expect(answer("keeps two classes of one name apart")).toEqual(["OwnedRepository", "Repository"]);
  });

  it("tries again to open the database where that may help, and no oftener than asked", () => {
    expect(answer("tries again only where that may help")).toEqual({
      helps: { error: "nothing", attempts: 3 },
      tooFew: { error: "ConnectionError: not yet", attempts: 2 },
      settled: { error: "ConnectionError: not yet", attempts: 1 },
    });
  });

  it("prepares the database before anybody gets it, and closes one that cannot be prepared", () => {
    expect(answer("waits for onOpen, and closes what cannot be prepared")).toEqual({ users: 2, error: "Error: no", closed: true });
  });

  it("refuses options that it cannot use", () => {
    expect(answer("refuses options that it cannot use")).toEqual({
      attempts: expect.stringContaining("forRoot({ retryAttempts }) was given the number -1"),
      contextOf: expect.stringContaining("forRoot({ contextOf }) was given a string of 4 characters"),
      nothing: expect.stringContaining("ConnectionError: FreeholdModule.forRoot was given undefined"),
      nothingAsync: expect.stringContaining("ConnectionError: FreeholdModule.forRootAsync was given undefined"),
      nothingMade: expect.stringContaining("ConnectionError: The useFactory of FreeholdModule.forRootAsync gave undefined"),
      nothingByClass: expect.stringContaining("ConnectionError: createFreeholdOptions() gave undefined"),
      noList: expect.stringContaining("ModelError: FreeholdModule.forFeature was given"),
      unknown: expect.stringContaining('the unknown option "synchronize"'),
      entities: expect.stringContaining("Database.open({ entities }) was given undefined"),
    });
    expect(answer("refuses two makers of contexts")).toContain("a request has one context");
  });
});

const refused = [401, { statusCode: 401, error: "Unauthorized", message: "This needs a user: no context was made for the request." }];
const broken = [500, { status: 500, title: "Internal Server Error", detail: "Something went wrong on our side." }];
const nobody = { key: null, own: expect.stringContaining("inContext() on Note found no context") };

describe("the context of a request", () => {
  it.each([["contextOf", "null"], ["a guard", "1"]])("comes from %s, once, and without one no handler runs", (source, seenByTheNextGuard) => {
    expect(answer(source)).toEqual({
      ada: [200, { titles: "ada's", key: 1 }], eve: [200, { titles: "eve's", key: 2 }],
      nobody: refused, unknown: refused, banned: [403, expect.objectContaining({ message: "banned" })], forged: broken,
      handled: 2,
      way: [200, "tea for ada's"],
      seen: [`guard: ${seenByTheNextGuard}`, "interceptor: ada's", "handler: ada's", "after it: ada's"],
      asked: 1,
    });
  });

  it("is left out, or may be missing, where a route says so; owned data stays out of reach there", () => {
    expect(answer("routes without a context")).toEqual({
      open: [200, "open"], asked: 0, reaches: broken, asks: broken, closed: [refused, [200, "ada's"]],
      either: [[200, nobody], [200, { key: 1, own: "ada's" }]], needs: [refused, [200, "2"]],
    });
    expect(answer("routes without a context behind a guard")).toEqual([[200, "open"], refused, [200, nobody], [200, { key: 2, own: "eve's" }]]);
  });

  it("takes the place of one that something left behind", () => {
    expect(answer("what was left behind")).toEqual([[200, { titles: "ada's", key: 1 }], broken, [200, nobody], refused]);
  });

  it("may be made by a middleware, and is not touched then", () => {
    expect(answer("a middleware of the application's own")).toEqual([[200, { titles: "eve's", key: 2 }], broken]);
  });

  it("does not stay on a connection, after an exception either", () => {
    expect(answer("one connection")).toEqual({
      answers: [
        [200, { titles: "ada's", key: 1 }], refused, [500, { statusCode: 500, message: "Internal server error" }], [200, nobody],
        [200, { titles: "eve's", key: 2 }], broken, [200, { titles: "ada's", key: 1 }],
      ],
      sockets: 1,
    });
  });

  it("never crosses among many requests at once: handlers, Observables, request-scoped providers, pipes and interceptors", () => {
    expect(answer("many at once")).toEqual({ crossed: 0, own: 60 });
  });

  it("is kept in a stream that another request feeds by keepContext, and only by it", () => {
    expect(answer("streams")).toEqual({ careful: ["ada's"], careless: ["eve's"] });
  });

  it("holds when a client leaves a stream", () => {
    expect(answer("a stream that is left")).toEqual({ seen: ["left: ada's"], observed: false });
  });

  it("holds for work after the response, whoever sets it going", () => {
    expect(answer("work after the response")).toEqual({
      accepted: [202, "accepted"], between: [200, { titles: "eve's", key: 2 }], seen: ["background: ada's"],
    });
  });

  it("is made for handlers called as resolvers are", () => {
    expect(answer("handlers that are no routes")).toEqual({
      ada: ["ada's and ada's", "ada's and ada's"], asked: 1, nobody: `UnauthorizedException: ${(refused[1] as { message: string }).message}`, elsewhere: null,
    });
  });
});

describe("FreeholdExceptionFilter", () => {
  const table = {
    VALIDATION_ERROR: 400, INVALID_QUERY: 400, NOT_FOUND: 404, ACCESS_VIOLATION: 404, UNIQUE_VIOLATION: 409, FOREIGN_KEY_VIOLATION: 409,
    CHECK_VIOLATION: 409, STALE_ENTITY: 409, CONNECTION_ERROR: 500, "CONNECTION_ERROR, retryable": 503, TRANSACTION_ERROR: 500,
    "TRANSACTION_ERROR, retryable": 503, DATABASE_CLOSED: 503, CONTEXT_REQUIRED: 500, MODEL_ERROR: 500, DATA_ERROR: 500, MIGRATION_ERROR: 500,
  };

  interface Answer { readonly status: number; readonly type: string; readonly body: Readonly<Record<string, unknown>> }
  const problems = (): Readonly<Record<string, Answer>> => answer("problems");

  it("has an answer to every kind of error", () => {
    expect(Object.keys(problems())).toEqual(Object.keys(table));
  });

  it.each(Object.entries(table))("answers %s with %i as problem+json, without a word of the error's own text", (code, status) => {
    const { type, body, ...rest } = problems()[code]!;
    expect(rest).toEqual({ status });
    expect(type).toBe("application/problem+json; charset=utf-8");
    expect(body).toEqual(expect.objectContaining({ status, title: expect.any(String), detail: expect.any(String) }));
    expect(body.code).toBe(status >= 500 ? undefined : code === "ACCESS_VIOLATION" ? "NOT_FOUND" : code);
    expect(JSON.stringify(body)).not.toMatch(/secret|Note/);
  });

  it("says which values it is about", () => {
    expect(problems()["VALIDATION_ERROR"]!.body.faults).toEqual([{ property: "title", constraint: "isLength", message: "is too long" }]);
    expect(problems()["UNIQUE_VIOLATION"]!.body.properties).toEqual(["title"]);
  });

  it("answers for another's row as for none", () => {
    const { own, found, saved, late, other } = answer<{ own: number; found: Answer[]; saved: Answer[]; late: Answer; other: number }>("rows of others");
    expect(own).toBe(200);
    expect(found[0]).toEqual(found[1]);
    expect(saved[0]).toEqual(saved[1]);
    expect([found[0]!.status, saved[0]]).toEqual([404, found[0]]);
    expect(other).toBe(404);
    expect(late).toEqual({ status: 200, type: "text/plain", body: "begun" });
  });

  it("lets an application say it in its own words", () => {
    const [validation, stale] = answer<[Answer, number]>("words of one's own");
    expect(validation.status).toBe(422);
    expect(validation.body).toEqual(expect.objectContaining({ status: 422, title: "Unprocessable Content", code: "VALIDATION_ERROR" }));
    expect(stale).toBe(409);
  });

  it("tells clients which values are wrong, and not what else an entity has", () => {
    const [unknown, noObject] = answer<[Answer, Answer]>("entities in faults");
    expect([unknown.status, unknown.body.faults]).toEqual([400, [{ property: "evil", constraint: "unknown", message: "does not exist" }]]);
    expect([noObject.status, noObject.body.faults]).toEqual([400, [{ property: "", constraint: "type", message: "has the wrong type" }]]);
  });

  it("answers microservices and WebSockets in their ways, in which nothing that is thrown would be caught, and hands others an HttpException", () => {
    const { graphql, problem, ...others } = answer<{ graphql: string; problem: { status: number; detail: string } }>("other transports");
    const told = { ...problem, message: problem.detail };
    expect([problem.status, graphql]).toEqual([404, "HttpException: There is nothing here that you may see or change."]);
    expect(others).toEqual({ rpc: told, ws: [null, null], sent: [{ event: "exception", data: told }, { event: "exception", data: told }] });
  });
});
