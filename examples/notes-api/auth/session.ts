import { lt, UserContext, type Database } from "freehold";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config";
import { Account, Session } from "../entities";
import { mineOf, type Mine } from "../mine";
import { Problem } from "../problem";

export const COOKIE = "notes_session";

/** What a session's token says. */
interface Token {
  readonly sub: string;
  readonly jti: string;
}

declare module "@fastify/jwt" {
  interface FastifyJWT {
    payload: Token;
    user: Token;
  }
}

declare module "fastify" {
  interface FastifyRequest {
    /** The repositories of whoever sent the request. Only routes behind {@link requireSession} have them; elsewhere it throws. */
    readonly mine: Mine;
    /** Which log-in the request belongs to. */
    readonly sessionId: string;
  }
}

interface Opened {
  readonly mine: Mine;
  readonly sessionId: string;
}

const opened = new WeakMap<FastifyRequest, Opened>();

function openedOf(request: FastifyRequest): Opened {
  const found = opened.get(request);
  if (found === undefined) throw new Error(`${request.method} ${request.routeOptions.url ?? request.url} is not behind requireSession()`);
  return found;
}

/** Declares `request.mine` and `request.sessionId`, which exist where {@link requireSession} has run and nowhere else. */
export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest("mine", { getter() { return openedOf(this).mine; } });
  app.decorateRequest("sessionId", { getter() { return openedOf(this).sessionId; } });
}

/**
 * Every route of `api` needs a session. This is the one place in which a request gets its context: it is made of the cookie, before
 * the body is read, and what handlers see of it are repositories that are bound to it.
 */
export function requireSession(api: FastifyInstance, db: Database): void {
  api.addHook("onRequest", async (request) => {
    opened.set(request, await openSession(request, db) ?? refuse());
  });
}

async function openSession(request: FastifyRequest, db: Database): Promise<Opened | null> {
  const token = await request.jwtVerify<Partial<Token>>({ onlyCookie: true }).catch(() => null);
  if (typeof token?.sub !== "string" || typeof token.jti !== "string") return null;
  const mine = mineOf(db, UserContext.forKey(Account, token.sub));
  const session = await mine.sessions.findById(token.jti);
  return session === null || session.expiresAt <= new Date() ? null : { mine, sessionId: session.sessionId };
}

function refuse(): never {
  throw new Problem(401, "Log in first: there is no session, or it has ended.");
}

/** Begins a session and gives it to the browser: a cookie that scripts cannot read and other sites cannot send. */
export async function beginSession(reply: FastifyReply, db: Database, context: UserContext, config: Config): Promise<void> {
  const sessions = db.repository(Session).as(context);
  const now = Date.now();
  await sessions.delete({ expiresAt: lt(new Date(now)) });
  const { sessionId } = await sessions.insert({ expiresAt: new Date(now + config.sessionHours * 3_600_000) });
  const token = await reply.jwtSign({ sub: String(context.key), jti: sessionId }, { expiresIn: `${config.sessionHours}h` });
  void reply.setCookie(COOKIE, token, { ...cookieOptions(config), maxAge: config.sessionHours * 3_600 });
}

/** Ends the session of a request: its token is worth nothing afterwards, wherever copies of it may be. */
export async function endSession(request: FastifyRequest, reply: FastifyReply, config: Config): Promise<void> {
  await request.mine.sessions.delete({ sessionId: request.sessionId });
  void reply.clearCookie(COOKIE, cookieOptions(config));
}

function cookieOptions({ origin }: Config): { readonly path: string; readonly httpOnly: boolean; readonly sameSite: "strict"; readonly secure: boolean } {
  return { path: "/", httpOnly: true, sameSite: "strict", secure: origin?.protocol === "https:" };
}
