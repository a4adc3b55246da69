import type { INestApplication, Type } from "@nestjs/common";
import { ExternalContextCreator } from "@nestjs/core";
import { runWithContext } from "freehold";
import { contextOfRequest } from "freehold/nestjs";
import { request, type ClientRequest } from "node:http";
import { asked, bus, gate, LeftBehind, next, people, seen, Titles, WithContextOf, WithGuard, WithMiddleware } from "./context-app";
import { ask, listen, oneConnection, thrown, type Answer, type Checks } from "./world";

/** What a check sees of an application that is stopped afterwards. */
function on(module: Type, check: (get: (path: string, as?: string) => Promise<Answer>, url: string, app: INestApplication) => Promise<unknown>): () => Promise<unknown> {
  return async () => {
    const { app, url } = await listen(module);
    seen.length = 0;
    asked.times = 0;
    try {
      return await check((path, as) => ask(`${url}/${path}`, as === undefined ? {} : { as }), url, app);
    } finally {
      await app.close();
    }
  };
}

const brief = ({ status, body }: Answer): unknown => [status, body];

/** Listens to a stream of events: resolves with the data of the n-th one. */
function events(url: string, as: string, count: number): { readonly heard: Promise<readonly string[]>; readonly listening: Promise<void>; readonly call: ClientRequest } {
  const data: string[] = [];
  let listening = (): void => undefined;
  const ready = new Promise<void>((resolve) => { listening = resolve; });
  let call: ClientRequest | undefined;
  const heard = new Promise<readonly string[]>((resolve, reject) => {
    call = request(url, { headers: { "x-user": as } }, (response) => {
      response.setEncoding("utf8").on("data", (chunk: string) => {
        data.push(...[...chunk.matchAll(/^data: (.*)$/gm)].map((match) => match[1] ?? ""));
        if (data.includes("listening")) listening();
        if (data.length >= count) resolve(data.filter((word) => word !== "listening"));
      }).on("error", () => undefined);
    }).on("error", reject);
    call.end();
  });
  if (call === undefined) throw new Error("no request was made");
  return { heard, listening: ready, call };
}

/** The same questions, whichever way the application makes its contexts. */
const eitherWay = (module: Type): (() => Promise<unknown>) => on(module, async (get) => {
  const answers = {
    ada: brief(await get("own", "ada")), eve: brief(await get("own", "eve")), nobody: brief(await get("own")), unknown: brief(await get("own", "mallory")),
    banned: brief(await get("own", "banned")), forged: brief(await get("own", "forged")),
  };
  const handled = seen.filter((place) => place === "handler").length;
  asked.times = 0;
  seen.length = 0;
  return { ...answers, handled, way: brief(await get("way/tea", "ada")), seen: [...seen], asked: asked.times };
});

export const contextChecks: Checks = {
  "contextOf": eitherWay(WithContextOf),
  "a guard": eitherWay(WithGuard),

  "routes without a context": on(WithContextOf, async (get) => ({
    open: brief(await get("open", "banned")), asked: asked.times, reaches: brief(await get("open/reaches", "ada")), asks: brief(await get("open/asks", "ada")),
    closed: [brief(await get("open/closed")), brief(await get("open/closed", "ada"))],
    either: [brief(await get("open/either")), brief(await get("open/either", "ada"))], needs: [brief(await get("open/needs")), brief(await get("open/needs", "eve"))],
  })),

  "routes without a context behind a guard": on(WithGuard, async (get) => [
    brief(await get("open", "banned")), brief(await get("open/closed")), brief(await get("open/either")), brief(await get("open/either", "eve")),
  ]),

  "what was left behind": on(LeftBehind, async (get) => [
    brief(await get("own", "ada")), brief(await get("open/reaches")), brief(await get("open/either")), brief(await get("own")),
  ]),

  "a middleware of the application's own": on(WithMiddleware, async (get) => [brief(await get("own")), brief(await get("open/reaches"))]),

  "one connection": on(WithContextOf, async (_get, url) => {
    const agent = oneConnection();
    const answers: unknown[] = [];
    for (const [path, as] of [["own", "ada"], ["own"], ["fail", "ada"], ["open/either"], ["own", "eve"], ["open/reaches"], ["own", "ada"]] as const) {
      answers.push(brief(await ask(`${url}/${path}`, { agent, ...as === undefined ? {} : { as } })));
    }
    const sockets = Object.values(agent.freeSockets).flat().length;
    agent.destroy();
    return { answers, sockets };
  }),

  "many at once": on(WithContextOf, async (_get, url) => {
    const agent = oneConnection();
    agent.maxSockets = 8;
    const paths = ["own", "per-request", "observable", "way/tea", "open/either"];
    const answers = await Promise.all(Array.from({ length: 90 }, async (_each, index) => {
      const [as, other] = index % 3 === 0 ? ["ada", "eve"] : index % 3 === 1 ? ["eve", "ada"] : [undefined, "'s"];
      const answer = JSON.stringify(await ask(`${url}/${paths[index % paths.length] ?? ""}`, { agent, ...as === undefined ? {} : { as } }));
      return { crossed: answer.includes(other), own: as !== undefined && answer.includes(`${as}'s`) };
    }));
    agent.destroy();
    return { crossed: answers.filter(({ crossed }) => crossed).length, own: answers.filter(({ own }) => own).length };
  }),

  "streams": on(WithContextOf, async (_get, url) => {
    const hear = async (path: string): Promise<readonly string[]> => {
      const { heard, listening } = events(`${url}/${path}`, "ada", 2);
      await listening;
      await ask(`${url}/say`, { as: "eve", method: "POST" });
      return heard;
    };
    return { careful: await hear("careful"), careless: await hear("careless") };
  }),

  "a stream that is left": on(WithContextOf, async (_get, url) => {
    const { listening, call, heard } = events(`${url}/left`, "ada", 9);
    heard.catch(() => undefined);
    await listening;
    const left = next("left");
    call.destroy();
    await left;
    return { seen: [...seen], observed: bus.observed };
  }),

  "work after the response": on(WithContextOf, async (_get, url) => {
    gate.passed = new Promise((resolve) => { gate.open = resolve; });
    const accepted = brief(await ask(`${url}/background`, { as: "ada", method: "POST" }));
    const between = brief(await ask(`${url}/own`, { as: "eve" }));
    const done = next("background");
    if (people.eve !== undefined) runWithContext(people.eve, gate.open);
    await done;
    return { accepted, between, seen: seen.filter((place) => place.startsWith("background")) };
  }),

  "handlers that are no routes": on(WithContextOf, async (_get, _url, app) => {
    // As @nestjs/graphql calls resolvers, with one context object for each operation.
    const resolver = { titles: app.get(Titles), both: async () => [await resolver.titles.own(), await resolver.titles.own()].join(" and ") };
    const call = app.get(ExternalContextCreator).create(
      resolver, resolver.both, "both", undefined, undefined, undefined, undefined, { guards: false, interceptors: true, filters: false }, "graphql");
    const operation = { headers: { "x-user": "ada" } };
    const ada = [await call({}, {}, operation, {}), await call({}, {}, operation, {})];
    return { ada, asked: asked.times, nobody: await thrown(() => call({}, {}, { headers: {} }, {})), elsewhere: contextOfRequest({ getType: () => "other" } as never) };
  }),
};
