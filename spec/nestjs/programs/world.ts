import type { DynamicModule, INestApplication, INestApplicationContext, Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Column, Entity, ForeignKey, PrimaryKey, sqlite3, User, UserContext, UserInfo, UserOwned, type Database, type OwnerId } from "freehold";
import { Agent, request, type IncomingMessage } from "node:http";

@Entity()
@UserOwned()
export class Note {
  @PrimaryKey() note_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ unique: true }) title!: string;
}

export const memory = () => sqlite3({ file: ":memory:" });

/** Everything that is to be known, by what is asked; the spec compares. */
export type Checks = Readonly<Record<string, () => unknown>>;

/** Starts what needs no server. */
export function start(module: Type | DynamicModule): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
}

export async function listen(module: Type | DynamicModule, prepare?: (app: INestApplication) => void): Promise<{ readonly app: INestApplication; readonly url: string }> {
  const app = await NestFactory.create(module, { logger: false, abortOnError: false });
  prepare?.(app);
  await app.listen(0, "127.0.0.1");
  return { app, url: await app.getUrl() };
}

/** What an attempt throws, as `Name: message`, or "nothing". */
export async function thrown(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return "nothing";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Two users with a note each, titled by its owner. */
export async function twoUsers(db: Database): Promise<{ readonly ada: UserContext; readonly eve: UserContext }> {
  await db.schema.ensure();
  const [ada, eve] = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }]);
  if (ada === undefined || eve === undefined) throw new Error("two users were stored and not given back");
  const people = { ada: UserContext.of(ada), eve: UserContext.of(eve) };
  for (const [name, ctx] of Object.entries(people)) await db.repository(Note).insert(ctx, { title: `${name}'s` });
  return people;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

/** Asks in somebody's name. All requests of one agent with one socket go over one connection. */
export function ask(url: string, { as, agent, method = "GET" }: { readonly as?: string; readonly agent?: Agent; readonly method?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers: as === undefined ? {} : { "x-user": as }, ...agent === undefined ? {} : { agent } }, (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("error", reject).on("end", () => {
        const type = response.headers["content-type"] ?? "";
        resolve({ status: response.statusCode ?? 0, type, body: /json/.test(type) ? JSON.parse(text) as unknown : text });
      });
    }).on("error", reject).end();
  });
}

export const oneConnection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });
