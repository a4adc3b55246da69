import { and, connect, every, gt, none, not, some, startsWith, type Context, type Database, type Repository, type Where } from "freehold";
import { Box, Handle, Item, Pin, PrefTopic, Topic } from "./program-model";
import type { Row, Step } from "./programs";

/** Operations on relations, graphs, groups, pages and streams, beside those on single rows. */
export const RELATION_METHODS: readonly string[] = [
  "with", "with", "through", "through", "updateThrough", "topicsAs", "topicsAs", "load", "graph", "graph", "aggregate", "paginate", "stream", "increment", "upsertMany", "pin", "findAndCount", "handle", "steal", "label",
];

/** What an operation works with. */
export interface Work {
  readonly db: Database;
  readonly context: Context;
  readonly rows: Repository<Row>;
  readonly kind: Step["kind"];
  readonly where: Where<Row>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly owner: number;
  readonly nextOwner: number;
  /** The key of the row that the step aims at, or null. */
  readonly id: unknown;
}

const named = (index: number): string => ["a", "b", "c", "d"][index] ?? "a";

/** Everything that can be loaded of each kind, some of it with conditions, orders and limits. */
function loads(at: Step): Readonly<Record<Step["kind"], object>> {
  const items = { orderBy: { name: "desc" }, ...(at.flag ? { limit: 1 + at.size } : {}), with: { topics: { with: { items: at.size > 1 } } } };
  return {
    box: { parent: true, children: { with: { items } }, items, tags: { where: { size: at.size } }, cover: true, subject: { with: { boxes: true, pin: true } } },
    item: { box: { with: { tags: { with: { prefs: true } }, cover: { with: { box: true } } } }, topics: { with: { boxes: { limit: 1 } } } },
    tag: { box: { with: { items } }, prefs: { orderBy: { size: "desc" }, limit: 2 } },
    bill: { previous: { with: { box: true } }, box: { with: { tags: true } } },
    memo: { box: { withDeleted: at.flag, with: { tags: { withDeleted: true } } } },
    pref: { tag: { where: { name: named(at.name) }, with: { box: { with: { parent: true } } } }, topics: { ...(at.flag ? { limit: 1 } : {}), with: { prefs: true } } },
  };
}

function filters(at: Step): Readonly<Record<Step["kind"], readonly object[]>> {
  const name = named(at.name);
  return {
    box: [{ items: some({ name }) }, { items: none({ size: gt(at.size) }) }, { items: every({ topics: some() }) }, { parent: { name } }, { parent: null }, { cover: { name } },
      { tags: some({ prefs: some() }) }, { subject: { boxes: some({ name }) } }, not<Box>({ children: some({ items: some() }) })],
    item: [{ box: { name } }, { box: { parent: { name } } }, { topics: some({ name: "tea" }) }, { topics: none({ boxes: some({ name }) }) }, { box: { tags: every({ size: at.size }) } }],
    tag: [{ box: { name } }, { box: null }, { prefs: some({ size: gt(0) }) }, { prefs: none() }],
    memo: [{ box: { name } }, { box: null }, { box: { tags: some({ size: at.size }) } }],
    bill: [{ box: { name } }, { previous: { name } }, { previous: null }, { previous: { box: { items: some({ name }) } } }],
    pref: [{ tag: { name } }, { tag: { box: { items: some({ name }) } } }, { tag: null }, { topics: some() }, { topics: none({ prefs: some({ size: at.size }) }) }],
  };
}

const orders: Readonly<Record<Step["kind"], object>> = {
  box: { parent: { name: "desc" } }, item: { box: { parent: { name: "asc" } } }, tag: { box: { size: "desc" } }, pref: { tag: { name: { dir: "asc", nulls: "first" } } }, bill: { previous: { name: "desc" } }, memo: { box: { name: "asc" } },
};

export async function relate({ db, context, rows, kind, where, data, id, owner, nextOwner }: Work, at: Step): Promise<unknown> {
  const through = filters(at)[kind];
  const filter = through[at.condition % through.length] as Where<Row>;
  const name = named(at.name);
  const find = rows.find.bind(rows) as unknown as (where: Where<Row>, options: object) => Promise<object[]>;
  switch (at.method) {
    case "with": return find(where, { with: loads(at)[kind], ...(at.flag ? {} : { orderBy: orders[kind] }) });
    case "through": {
      if (at.flag) return [await rows.count(filter), await rows.exists(filter)];
      return find(filter, { orderBy: orders[kind] });
    }
    case "updateThrough": return at.flag && at.size > 0 ? rows.delete(and<Row>(filter, { size: at.size })) : rows.update(filter, { size: at.name }, { returning: true });
    case "load": {
      const found = await rows.find(where);
      return (db.load as (context: Context, entities: readonly object[], relations: object) => Promise<unknown>)(context, found, loads(at)[kind]);
    }
    case "graph": {
      const topics = [connect(at.flag ? "tea" : "tax")];
      const foreign = id === null || kind !== "box" ? {} : at.size === 2 ? { parent: connect(id as number) } : at.size === 3 ? { children: [connect(id as number)] } : {};
      if (kind !== "box") return db.repository(Item).as(context).insert({ name, size: at.size, box: { name: `${name}${at.size}`, cover: { name } }, topics });
      return db.repository(Box).as(context).insert({ name: `${name}${at.size}`, items: [{ name, topics }, { name: `${name}+` }], cover: { name }, tags: at.flag ? [{ name: `${name}${at.size}` }] : [], ...foreign });
    }
    case "aggregate": {
      const whole = { where: at.flag ? where : filter, count: true, sum: ["size"], max: ["name"], countDistinct: ["size"] } as const;
      return at.size > 1 ? rows.aggregate(whole) : rows.aggregate({ ...whole, groupBy: ["size"], having: { count: gt(0) }, orderBy: { max: { name: "desc" } } });
    }
    case "paginate": {
      const options = { orderBy: [{ size: "desc" }, { name: "asc" }], first: 1 + at.size } as const;
      const page = await rows.paginate(where, options);
      return page.nextCursor === null ? [page] : [page, await rows.paginate(where, { ...options, after: page.nextCursor })];
    }
    case "stream": {
      const found: unknown[] = [];
      for await (const row of rows.stream(where, { chunkSize: 1 + at.name, orderBy: at.flag ? { name: "desc" } : {} })) {
        found.push(row);
        if (found.length > 2 + at.size) break;
      }
      return found;
    }
    case "increment": return rows.increment(at.flag ? where : filter, { size: at.condition === 3 ? Number.MAX_SAFE_INTEGER : 1 }, { returning: true });
    case "upsertMany": return rows.upsertMany([data, { ...data, name: named((at.name + 1) % 4) }] as never, { on: kind === "item" ? ["box_id", "name"] as never : ["name"] });
    case "pin": return db.repository(Pin).as(context).upsert({ topic: at.flag ? "tea" : "tax", name: `${name} pin` }, { on: ["topic"] });
    case "label": return db.repository(PrefTopic).as(context).upsert({ pref: name, topic: at.flag ? "tea" : "tax" }, { on: ["pref", "topic"] });
    case "handle": {
      const handles = db.repository(Handle).as(context);
      return at.flag ? handles.find() : handles.upsert({ slot: "own", handle: `handle of ${owner}`, size: at.size }, { on: ["handle"] });
    }
    case "steal": {
      const wanted = { slot: "taken", handle: `handle of ${nextOwner}`, size: 10 + at.size };
      return at.flag ? db.repository(Handle).as(context).upsert(wanted, { on: ["handle"] }) : db.repository(Handle).as(context).upsertMany([wanted], { on: ["handle"] });
    }
    case "findAndCount": return rows.findAndCount(filter, { limit: 1 + at.size });
    default: {
      const topics = db.repository(Topic).as(context);
      const conditions: readonly Where<Topic>[] = [{ boxes: some({ name }) }, { items: some({ box: { name } }) }, { items: none() }, { pin: { name: startsWith(name) } }, { boxes: every({ size: at.size }) }];
      const condition = conditions[at.condition % 5] ?? {};
      if (at.size === 3) return [await topics.count(condition), await topics.exists(condition)];
      return topics.find(at.flag ? condition : {}, { with: { boxes: { with: { items: true } }, items: { limit: 2, orderBy: { name: "desc" } }, prefs: { with: { topics: true } }, pin: true }, orderBy: { pin: { name: "asc" } } });
    }
  }
}
