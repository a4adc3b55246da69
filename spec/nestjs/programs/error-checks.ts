import { Body, Catch, Controller, Get, Inject, Module, Param, ParseIntPipe, Post, Put, Query, Res, type ArgumentsHost } from "@nestjs/common";
import { APP_FILTER, HttpAdapterHost } from "@nestjs/core";
import {
  AccessViolationError, CheckViolationError, ConnectionError, ContextRequiredError, DatabaseClosedError, DataError, ForeignKeyViolationError, FreeholdError,
  InvalidQueryError, MigrationError, ModelError, NotFoundError, StaleEntityError, TransactionError, UniqueViolationError, User, UserContext, ValidationError,
  type Database, type OwnedRepository,
} from "freehold";
import { CurrentContext, FreeholdExceptionFilter, FreeholdModule, InjectRepository, problemOf, WithoutContext, type Problem } from "freehold/nestjs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { firstValueFrom, type Observable } from "rxjs";
import { people } from "./context-app";
import { ask, listen, memory, Note, thrown, twoUsers, type Checks } from "./world";

/** One of each kind; the texts must not get out. */
const each: Readonly<Record<string, FreeholdError>> = {
  VALIDATION_ERROR: new ValidationError("secret", [{ property: "title", constraint: "isLength", message: "is too long" }], "Note"),
  INVALID_QUERY: new InvalidQueryError("secret"),
  NOT_FOUND: new NotFoundError("secret", { entity: "Note" }),
  ACCESS_VIOLATION: new AccessViolationError("secret", { entity: "Note" }),
  UNIQUE_VIOLATION: new UniqueViolationError("secret", ["title"], { entity: "Note" }),
  FOREIGN_KEY_VIOLATION: new ForeignKeyViolationError("secret"),
  CHECK_VIOLATION: new CheckViolationError("secret"),
  STALE_ENTITY: new StaleEntityError("secret"),
  CONNECTION_ERROR: new ConnectionError("secret", { retryable: false }),
  "CONNECTION_ERROR, retryable": new ConnectionError("secret", { retryable: true }),
  TRANSACTION_ERROR: new TransactionError("secret"),
  "TRANSACTION_ERROR, retryable": new TransactionError("secret", { retryable: true }),
  DATABASE_CLOSED: new DatabaseClosedError("secret"),
  CONTEXT_REQUIRED: new ContextRequiredError("secret"),
  MODEL_ERROR: new ModelError("secret", []),
  DATA_ERROR: new DataError("secret"),
  MIGRATION_ERROR: new MigrationError("secret"),
};

@Controller()
class Routes {
  constructor(@InjectRepository(Note) private readonly notes: OwnedRepository<Note>) {}

  @WithoutContext()
  @Get("errors/:code")
  fail(@Param("code") code: string): never {
    throw each[code] ?? new Error(`no ${code}`);
  }

  @Get("notes/:id")
  find(@Param("id", ParseIntPipe) id: number): Promise<Note> {
    return this.notes.inContext().findByIdOrFail(id);
  }

  /** A row in hand with a key from the path, as a careless handler saves it. */
  @Put("notes/:id")
  async save(@CurrentContext() ctx: UserContext, @Param("id", ParseIntPipe) id: number): Promise<Note> {
    const note = this.notes.create({ title: "mine now" });
    note.note_id = id;
    await this.notes.save(ctx, note);
    return note;
  }

  @Post("notes")
  add(@Body() note: { readonly title: string }): Promise<Note> {
    return this.notes.inContext().insert(note);
  }

  /** Takes what comes, as a careless handler does. */
  @Post("raw")
  raw(@Query() query: Record<string, unknown>): Promise<Note> {
    return this.notes.inContext().insert((Object.keys(query).length === 0 ? [] : { ...query, title: "t" }) as never);
  }

  @Get("late")
  async late(@Res() response: ServerResponse): Promise<void> {
    response.writeHead(200, { "Content-Type": "text/plain" });
    await new Promise((resolve) => { response.write("begun", resolve); });
    await this.notes.inContext().findByIdOrFail(999);
  }
}

/** Says one thing in its own way. */
@Catch(FreeholdError)
class OwnWords extends FreeholdExceptionFilter {
  constructor(@Inject(HttpAdapterHost) adapters: HttpAdapterHost) {
    super(adapters);
  }

  protected override problemOf(error: FreeholdError): Problem {
    const problem = super.problemOf(error);
    return error instanceof ValidationError ? { ...problem, status: 422, title: "Unprocessable Content" } : problem;
  }
}

const imports = [
  FreeholdModule.forRoot({
    driver: memory(), entities: [User, Note],
    onOpen: async (db: Database) => { Object.assign(people, await twoUsers(db)); },
    contextOf: (execution) => {
      const name = execution.switchToHttp().getRequest<IncomingMessage>().headers["x-user"];
      return name === "ada" || name === "eve" ? people[name] ?? null : null;
    },
  }),
  FreeholdModule.forFeature([Note]),
];

@Module({ imports, controllers: [Routes], providers: [{ provide: APP_FILTER, useClass: FreeholdExceptionFilter }] })
class App {}

@Module({ imports, controllers: [Routes], providers: [{ provide: APP_FILTER, useClass: OwnWords }] })
class AppWithOwnWords {}

export const errorChecks: Checks = {
  "problems": async () => {
    const { app, url } = await listen(App);
    const answers: Record<string, unknown> = {};
    for (const code of Object.keys(each)) answers[code] = await ask(`${url}/errors/${encodeURIComponent(code)}`);
    await app.close();
    return answers;
  },

  "rows of others": async () => {
    const { app, url } = await listen(App);
    const notes = { adas: 1, eves: 2, missing: 999 };
    const seen = {
      own: (await ask(`${url}/notes/${notes.eves}`, { as: "eve" })).status,
      found: [await ask(`${url}/notes/${notes.adas}`, { as: "eve" }), await ask(`${url}/notes/${notes.missing}`, { as: "eve" })],
      saved: [await ask(`${url}/notes/${notes.adas}`, { as: "eve", method: "PUT" }), await ask(`${url}/notes/${notes.missing}`, { as: "eve", method: "PUT" })],
      late: await ask(`${url}/late`, { as: "eve" }),
      other: (await ask(`${url}/nowhere`, { as: "eve" })).status,
    };
    await app.close();
    return seen;
  },

  "words of one's own": async () => {
    const { app, url } = await listen(AppWithOwnWords);
    const seen = [await ask(`${url}/errors/VALIDATION_ERROR`), (await ask(`${url}/errors/STALE_ENTITY`)).status];
    await app.close();
    return seen;
  },

  "entities in faults": async () => {
    const { app, url } = await listen(App);
    const seen = [await ask(`${url}/raw?evil=1`, { as: "eve", method: "POST" }), await ask(`${url}/raw`, { as: "eve", method: "POST" })];
    await app.close();
    return seen;
  },

  "other transports": async () => {
    const sent: unknown[] = [];
    const over = (type: string, client: object): ArgumentsHost => ({ getType: () => type, switchToWs: () => ({ getClient: () => client }) }) as unknown as ArgumentsHost;
    const answer = (type: string, client: object = {}): unknown => new FreeholdExceptionFilter({} as never).catch(new NotFoundError("secret"), over(type, client));
    const rpc = answer("rpc") as Observable<never>;
    return {
      graphql: await thrown(() => answer("graphql")),
      rpc: await firstValueFrom(rpc).catch((error: unknown) => error),
      ws: [
        answer("ws", { readyState: 1, send: (text: string) => sent.push(JSON.parse(text)), emit: () => sent.push("to itself") }) ?? null,
        answer("ws", { send: () => sent.push("as a message"), emit: (event: string, data: object) => sent.push({ event, data }) }) ?? null,
      ],
      sent,
      problem: problemOf(new NotFoundError("secret")),
    };
  },
};
