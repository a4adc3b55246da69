import { join } from "node:path";
import { fastifyCookie } from "@fastify/cookie";
import { fastifyHelmet } from "@fastify/helmet";
import { fastifyJwt } from "@fastify/jwt";
import { fastifyRateLimit } from "@fastify/rate-limit";
import { fastifyStatic } from "@fastify/static";
import { fastify, type FastifyInstance } from "fastify";
import { authRoutes } from "./auth/routes";
import { COOKIE, decorateRequests, requireSession } from "./auth/session";
import type { Config } from "./config";
import { refuseOtherSites } from "./csrf";
import { keyFor, openDatabase } from "./database";
import { addDocumentation } from "./documentation";
import { answerWithProblems } from "./problem";
import { accountRoutes } from "./routes/account";
import { notebookRoutes } from "./routes/notebooks";
import { noteRoutes } from "./routes/notes";
import { tagRoutes } from "./routes/tags";
import { transferRoutes } from "./routes/transfer";
import { trashRoutes } from "./routes/trash";
import { addSchemas } from "./schemas";

/** The whole service, ready to listen. Closing it lets running requests end and then closes the database. */
export async function buildApp(config: Config): Promise<FastifyInstance> {
  const app = fastify({
    logger: config.logLevel === "silent" ? false : { level: config.logLevel },
    bodyLimit: 256 * 1024,
    forceCloseConnections: "idle",
    // Behind a proxy of this machine, log-ins are counted by the address that the proxy names. Without one, nobody is asked who they are.
    trustProxy: config.origin === null ? false : "loopback",
    // Nobody sends a request for ever.
    requestTimeout: 120_000,
    // Nothing is coerced, added or taken away: a request that is not as it should be is told so, every fault at once.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true } },
  });
  const db = await openDatabase(config, app.log);
  app.addHook("onClose", async () => db.close());

  answerWithProblems(app);
  decorateRequests(app);
  addSchemas(app);
  await secure(app, config);
  await addDocumentation(app);

  await app.register(async (pages) => pages.register(fastifyStatic, { root: join(__dirname, "public"), cacheControl: false }));
  await app.register(async (auth) => authRoutes(auth, db, config));
  await app.register(async (api) => {
    requireSession(api, db);
    for (const routes of [accountRoutes, notebookRoutes, noteRoutes, tagRoutes, trashRoutes, transferRoutes]) await api.register(routes);
  }, { prefix: "/api" });
  return app;
}

async function secure(app: FastifyInstance, config: Config): Promise<void> {
  const https = config.origin?.protocol === "https:";
  await app.register(fastifyHelmet, {
    strictTransportSecurity: https,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'", "data:"], connectSrc: ["'self'"],
        formAction: ["'self'"], baseUri: ["'none'"], frameAncestors: ["'none'"],
      },
    },
  });
  refuseOtherSites(app, config.origin);
  await app.register(fastifyRateLimit, { global: false });
  await app.register(fastifyCookie);
  await app.register(fastifyJwt, {
    secret: keyFor("sessions", config.secret),
    cookie: { cookieName: COOKIE, signed: false },
    sign: { algorithm: "HS256" },
    // What signs is also what is accepted: a token that says "alg": "none", or any other, is none.
    verify: { algorithms: ["HS256"] },
  });
}
