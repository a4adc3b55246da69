import * as fc from "fast-check";
import {
  all, and, FreeholdError, gt, like, not, oneOf, or, User, UserContext, type Context, type Database, type FindOptions, type Repository,
  type Where,
} from "freehold";
import { profile, type Profile } from "../support/documents";
import { RELATION_METHODS, relate } from "./program-graphs";
import { keep, KEPT_METHODS } from "./program-kept";
import { Bill, Box, Handle, Item, Memo, Pref, Tag, Topic } from "./program-model";

/** What the programs use of every owned entity; each has more of its own. */
export interface Row {
  readonly user_id: number;
  readonly name: string;
  readonly size: number;
}

type Kind = "box" | "item" | "tag" | "pref" | "bill" | "memo";
/** Another's row, or the user's own: by its place in the order in which it was first seen. */
interface Reference { readonly of: "own" | "foreign" | "none"; readonly index: number }

export interface Step {
  readonly kind: Kind;
  readonly method: string;
  readonly name: number;
  readonly size: number;
  readonly target: Reference;
  readonly reference: Reference;
  readonly condition: number;
  /** Who is named as the owner in data: nobody, the user itself, the next user. */
  readonly owner: 0 | 1 | 2;
  readonly flag: boolean;
}

export interface Operation {
  readonly user: number;
  readonly steps: readonly Step[];
  readonly transaction: "none" | "commit" | "rollback";
}

export type Outcome = { readonly value: unknown } | { readonly error: string; readonly code: string | undefined; readonly message: string; readonly property: unknown };
export interface Observation { readonly method: string; readonly outcome: Outcome }

const METHODS = [
  "insert", "insert", "insert", "insert", "insert", "insertMany", "insertMany", "save", "saveMany", "loadAndSave", "findById", "findByIdOrFail", "findOne", "findOneOrFail", "find", "find", "find", "count", "count", "exists",
  "update", "update", "delete", "remove", "upsert", "upsert", "upsert", "topics", ...RELATION_METHODS, ...KEPT_METHODS,
];
const reference: fc.Arbitrary<Reference> = fc.record({
  of: fc.constantFrom<Reference["of"]>("own", "own", "own", "own", "own", "foreign", "none"), index: fc.nat(5),
});
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Kind>("box", "box", "item", "tag", "tag", "pref", "bill", "memo"), method: fc.constantFrom(...METHODS), name: fc.nat(3), size: fc.nat(3),
  target: reference, reference, condition: fc.nat(12), owner: fc.constantFrom<0 | 1 | 2>(0, 0, 0, 0, 0, 0, 1, 2), flag: fc.boolean(),
});

/** Who is none of the three users: the system, which reads what everybody has. */
export const SYSTEM = 3;
const READS = ["findById", "findByIdOrFail", "findOne", "findOneOrFail", "find", "count", "exists", "with", "through", "topicsAs", "aggregate", "paginate", "stream", "withDeleted"];

/** Programs of 5 to 60 operations by three users, with a look of the system's in between. */
export const program: fc.Arbitrary<readonly Operation[]> = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.record({ user: fc.nat(2), steps: fc.tuple(step), transaction: fc.constant<Operation["transaction"]>("none") }) },
  { weight: 1, arbitrary: fc.record({
    user: fc.nat(2), steps: fc.array(step, { minLength: 1, maxLength: 4 }), transaction: fc.constantFrom<Operation["transaction"]>("commit", "rollback"),
  }) },
  { weight: 1, arbitrary: fc.record({
    user: fc.constant(SYSTEM), transaction: fc.constant<Operation["transaction"]>("none"),
    steps: fc.tuple(step.chain((at) => fc.constantFrom(...READS).map((method) => ({ ...at, method })))),
  }) },
), { minLength: 5, maxLength: 60, size: "max" });

const KEYS = { box: "box_id", item: "item_id", tag: "tag_id", pref: "name", bill: "bill_id", memo: "memo_id" } as const;
/** Properties that hold generated keys, and whose. */
const GENERATED: Readonly<Record<string, Kind>> = { box_id: "box", parent_id: "box", item_id: "item", tag_id: "tag", memo_id: "memo" };

/** Generated keys that nothing refers to, and cursors: random, or sealed with keys that are. */
const UNSTABLE = new Set(["cover_id", "pin_id", "nextCursor", "previousCursor"]);

/** What one user has learnt: its keys in the order of their first appearance, and everything that it was answered. */
class Eyes {
  keys: Readonly<Record<Kind, readonly unknown[]>> = { box: [], item: [], tag: [], pref: [], bill: [], memo: [] };
  readonly observations: Observation[] = [];

  /** Names generated keys by their order: identity values are drawn from a sequence that all users share. */
  rename(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.rename(item));
    if (value instanceof Date || typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => {
      const kind = GENERATED[name];
      if (UNSTABLE.has(name)) return [name, item === null || item === undefined ? item : name];
      // In place of a key, an alternative key is an object.
      return [name, kind === undefined || item === null || item === undefined || typeof item === "object" ? this.rename(item) : `${kind} ${this.#ordinal(kind, item)}`];
    }));
  }

  #ordinal(kind: Kind, key: unknown): number {
    const known = this.keys[kind].indexOf(key);
    if (known >= 0) return known;
    this.keys = { ...this.keys, [kind]: [...this.keys[kind], key] };
    return this.keys[kind].length - 1;
  }
}

/** One user at work in a database. */
interface Player {
  readonly db: Database;
  readonly context: Context;
  readonly eyes: Eyes;
  readonly others: readonly Eyes[];
  readonly owner: number;
  readonly nextOwner: number;
}

const ENTITIES = { box: Box, item: Item, tag: Tag, pref: Pref, bill: Bill, memo: Memo } as const;
const named = (index: number): string => ["a", "b", "c", "d"][index] ?? "a";

/** A key: the user's own, one that is another's where there are others (else one that is nobody's), or none. */
function resolve({ eyes, others }: Player, kind: Kind, { of, index }: Reference): unknown {
  if (of === "none") return null;
  if (kind === "pref") return named(index % 4);
  // Its ids are the same for every owner.
  if (kind === "bill") return 1 + index;
  const own = eyes.keys[kind];
  if (of === "own") return own.length === 0 ? null : own[index % own.length];
  const foreign = others.flatMap((other) => other.keys[kind]);
  const nobodys = kind === "tag" ? `00000000-0000-7000-8000-00000000000${index}` : 1_000_000 + index;
  return foreign.length > 0 ? foreign[index % foreign.length] : nobodys;
}

function dataOf(player: Player, at: Step): Record<string, unknown> {
  const owner = at.owner === 0 ? {} : { user_id: at.owner === 1 ? player.owner : player.nextOwner };
  const base = { name: named(at.name), size: at.size, ...owner };
  switch (at.kind) {
    case "box": return { ...base, parent_id: resolve(player, "box", at.reference), topic: at.condition === 12 ? "absent" : [null, "tax", "tea", "tea"][at.size] };
    case "item": return { ...base, box_id: resolve(player, "box", at.reference) ?? player.eyes.keys.box.at(-1) ?? 2_000_000 };
    case "tag": return { ...base, box_id: resolve(player, "box", at.reference) };
    case "bill": return { ...base, box_id: resolve(player, "box", at.reference), before: at.flag ? 1 + at.reference.index % 2 : null };
    case "memo": return { ...base, kind: at.flag ? "short" : "long", data: { n: at.size, by: at.name }, box_id: resolve(player, "box", at.reference), ...(at.flag ? {} : { code: at.size === 0 ? null : named(at.size) }) };
    case "pref": return { ...base, tag_id: resolve(player, "tag", at.reference) };
  }
}

function whereOf(player: Player, at: Step): Where<Row> {
  const key = { [KEYS[at.kind]]: resolve(player, at.kind, at.target) ?? named(at.name) } as Where<Row>;
  const byKey = at.target.of === "none" ? all : key;
  const conditions: readonly Where<Row>[] = [
    all, { name: named(at.name) }, { size: at.size }, byKey, { user_id: player.nextOwner }, or<Row>({ name: named(at.name) }, { user_id: player.nextOwner }),
    not<Row>({ name: named(at.name) }), and<Row>({ size: gt(0) }, byKey), or<Row>(byKey, { size: at.size }), { name: oneOf(["a", "b", "c"]) }, { name: like("%") },
    or<Row>({ user_id: gt(0) }, { name: "none" }), or<Row>(not<Row>({ size: at.size }), not<Row>({ name: "b" })),
  ];
  return conditions[at.condition] ?? all;
}

function optionsOf(at: Step): FindOptions<Row> {
  const order = at.flag ? { orderBy: [{ size: "desc" as const }, { name: "asc" as const }] } : {};
  return { ...order, ...(at.size === 3 ? { limit: 2 } : {}), ...(at.name === 3 ? { offset: 1 } : {}), ...(at.owner === 2 ? { select: ["size"] } : {}) };
}

async function run(player: Player, at: Step): Promise<unknown> {
  // Every entity has what Row has; what else it has is chosen by its kind.
  const rows = player.db.repository(ENTITIES[at.kind] as typeof Box).as(player.context) as unknown as Repository<Row>;
  const [data, where, key] = [dataOf(player, at), whereOf(player, at), resolve(player, at.kind, at.target)];
  const withKey = (value: Record<string, unknown>) => key === null ? value : { ...value, [KEYS[at.kind]]: key };
  const id = (key ?? named(at.name)) as string;
  const aimed = at.kind === "tag" || at.kind === "pref" || key !== null ? id : 3_000_000;
  switch (at.method) {
    case "insert": return rows.insert(at.flag && at.target.of === "foreign" ? withKey(data) : data);
    case "insertMany": return rows.insertMany([data, { ...data, name: named(at.condition % 4) }]);
    case "save": return rows.save(withKey(data));
    case "saveMany": return rows.saveMany([{ ...data, name: named(at.condition % 4) }, withKey(data)]);
    case "loadAndSave": {
      const found = await rows.findOne(where);
      return found === null ? null : rows.save(Object.assign(found, { size: at.size, name: at.flag ? found.name : named(at.name) }));
    }
    case "findById": return rows.findById(at.kind === "tag" && key === null ? "00000000-0000-7000-8000-000000000000" : aimed);
    case "findByIdOrFail": return rows.findByIdOrFail(at.kind === "tag" && key === null ? "00000000-0000-7000-8000-000000000000" : aimed);
    case "findOne": return rows.findOne(where);
    case "findOneOrFail": return rows.findOneOrFail(where);
    case "find": return rows.find(where, optionsOf(at));
    case "count": return rows.count(where);
    case "exists": return rows.exists(where);
    case "update": {
      const changes = at.flag ? { size: at.size } : at.condition % 3 === 0 ? data : { name: named(at.name) };
      return at.owner === 1 ? rows.update(where, changes) : rows.update(where, changes, { returning: true });
    }
    // Now and then everything: programs would end up empty otherwise.
    case "delete": return at.flag && at.size > 0 ? rows.delete(and<Row>(where, { size: at.size })) : at.flag ? rows.delete(where) : rows.delete(where, { returning: true });
    case "remove": return rows.remove(withKey(key === null && at.kind !== "pref" ? { [KEYS[at.kind]]: at.kind === "tag" ? "00000000-0000-7000-8000-000000000000" : 3_000_000 } : { name: named(at.name) }));
    case "upsert": return rows.upsert(at.flag && at.target.of === "foreign" ? withKey(data) : data, { on: at.kind === "item" ? ["box_id", "name"] as never : ["name"] });
    default: {
      if (KEPT_METHODS.includes(at.method)) return keep({ ...player, rows, kind: at.kind, where, keyName: KEYS[at.kind] }, at);
      if (at.method !== "topics") return relate({ ...player, rows, kind: at.kind, where, data, id: key }, at);
      const topics = player.db.repository(Topic);
      if (at.flag) return topics.find();
      return at.size > 1 ? topics.delete({ name: "tea" }) : topics.update({ name: "tea" }, { name: "chai" });
    }
  }
}

async function look(player: Player, at: Step, savepoint = false): Promise<void> {
  let outcome: Outcome;
  try {
    outcome = { value: player.eyes.rename(await (savepoint ? player.db.transaction(() => run(player, at)) : run(player, at))) };
  } catch (error) {
    if (!(error instanceof FreeholdError)) throw error;
    outcome = { error: error.name, code: error.code, message: `${error.message} ${String(error.cause)}`, property: error.property };
  }
  player.eyes.observations.push({ method: at.method, outcome });
}

/** A few rows of each kind, with the same names for everybody: programs that begin with nothing end with little. */
async function settle({ db, context, eyes }: Player): Promise<void> {
  const boxes = await db.repository(Box).insertMany(context, [{ name: "a", size: 1, topic: "tea" }, { name: "b", size: 2 }]);
  const box_id = boxes[0]!.box_id;
  const items = await db.repository(Item).insertMany(context, [{ name: "a", box_id }, { name: "b", box_id, size: 1 }]);
  const tags = await db.repository(Tag).insertMany(context, [{ name: "a", box_id }, { name: "b" }]);
  const prefs = await db.repository(Pref).insertMany(context, [{ name: "a", tag_id: tags[0]!.tag_id }, { name: "b", size: 3 }]);
  const bills = await db.repository(Bill).insertMany(context, [{ name: "a", box_id }, { name: "b", size: 1 }]);
  eyes.observations.push({ method: "insertMany", outcome: { value: [boxes, items, tags, prefs, bills].map((rows) => eyes.rename(rows)) } });
}

/** `savepoints`: each step of a transaction is one of its own, as PostgreSQL runs nothing behind a statement that failed. */
export interface Terms {
  readonly savepoints: boolean;
}

async function perform(player: Player, operation: Operation, { savepoints }: Terms): Promise<void> {
  if (operation.user !== SYSTEM && player.eyes.observations.length === 0) await settle(player);
  const work = async (savepoint: boolean): Promise<void> => { for (const at of operation.steps) await look(player, at, savepoint); };
  if (operation.transaction === "none") return work(false);
  const undo = new Error("undo");
  const before = player.eyes.keys;
  await player.db.transaction(async () => {
    await work(savepoints);
    if (operation.transaction === "rollback") throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
    // Keys that were never stored are given again, to whoever comes next.
    player.eyes.keys = before;
  });
}

/** Runs a program in a new database and tells what each of the three users saw. */
export async function observe(operations: readonly Operation[], db: Database, terms: Terms): Promise<readonly (readonly Observation[])[]> {
  await db.repository(Topic).insertMany([{ name: "tea" }, { name: "tax" }]);
  const users = await db.repository(User<Profile>).insertMany(["A", "B", "C"].map((name) => ({ info: profile(name) })));
  // Of all three whether they act or not: then it is a constant of the world that these values are taken.
  for (const user of users) await db.repository(Handle).insert(UserContext.of(user), { slot: "own", handle: `handle of ${user.user_id}` });
  const eyes = users.map(() => new Eyes());
  const players = users.map((user, index): Player => ({
    db, context: UserContext.of(user), eyes: eyes[index]!, others: eyes.filter((_, other) => other !== index),
    owner: user.user_id, nextOwner: users[(index + 1) % 3]!.user_id,
  }));
  players.push({ db, context: db.system("programs"), eyes: new Eyes(), others: eyes, owner: users[0]!.user_id, nextOwner: users[1]!.user_id });
  for (const operation of operations) await perform(players[operation.user]!, operation, terms);
  return eyes.map((each) => each.observations);
}
