import type { Database, UserContext } from "freehold";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Config } from "../config";
import { Account } from "../entities";
import { Problem } from "../problem";
import { answers, body, nothing } from "../schemas";
import { Accounts } from "./accounts";
import { Passwords } from "./passwords";
import { beginSession, endSession, requireSession } from "./session";

interface LogIn { readonly login: string; readonly password: string }
interface SignUp extends LogIn { readonly name: string }

const login = { type: "string", minLength: 3, maxLength: 64, pattern: "^[^\\s\\u0000-\\u001f]+$" } as const;
const password = { type: "string", minLength: 10, maxLength: 200 } as const;
const name = { type: "string", minLength: 1, maxLength: 80, pattern: "\\S" } as const;

/** Sign-up, log-in and log-out. */
export function authRoutes(app: FastifyInstance, db: Database, config: Config): void {
  const accounts = new Accounts(db, new Passwords(config.scryptLog2N));
  const limited = { rateLimit: { max: config.loginsPerMinute, timeWindow: "1 minute" } };

  const begin = async (reply: FastifyReply, context: UserContext): Promise<Account> => {
    await beginSession(reply, db, context, config);
    return db.repository(Account).as(context).findByIdOrFail(context.key);
  };

  app.post<{ Body: SignUp }>("/api/sign-up", {
    config: limited,
    schema: { tags: ["account"], summary: "Make an account and log in", body: body({ login, password, name }), response: answers(201, "Account", 400, 409, 429) },
  }, async (request, reply) => {
    const account = await begin(reply, await accounts.signUp(request.body));
    return reply.code(201).send(account);
  });

  app.post<{ Body: LogIn }>("/api/log-in", {
    config: limited,
    schema: {
      tags: ["account"], summary: "Log in",
      body: body({ login: { type: "string", maxLength: 64 }, password: { type: "string", maxLength: 200 } }),
      response: answers(200, "Account", 400, 401, 429),
    },
  }, async (request, reply) => {
    const context = await accounts.logIn(request.body.login, request.body.password);
    if (context === null) throw new Problem(401, "There is no such login with this password.");
    return begin(reply, context);
  });

  void app.register(async (api) => {
    requireSession(api, db);
    api.post("/api/log-out", {
      schema: { tags: ["account"], summary: "End this session", response: nothing(401) },
    }, async (request, reply) => {
      await endSession(request, reply, config);
      return reply.code(204).send();
    });
  });
}
