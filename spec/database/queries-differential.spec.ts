import * as fc from "fast-check";
import { some, type Context, type Database } from "freehold";
import { onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import {
  buildGraph, buildOrder, buildWith, byOrder, judgeGraph, loadTree, related, treeOf, type GraphPlan, type Kind, type LoadPlan, type OrderPlan, type Rows,
} from "../support/reference-graph";
import { Blocking, Client, Note, Project, Tag, Task, TaskTag, trackerModel } from "../support/tracker";
import type { OperatorName } from "../support/reference-where";

const TABLES = 10;
const QUERIES = 50;
const LOADS = 25;
const entities = { tag: Tag, client: Client, project: Project, task: Task, note: Note } as const;
const keys: Readonly<Record<Kind, string>> = { tag: "id", client: "code", project: "id", task: "id", note: "id" };

const words = ["", "a", "A", "ab", "b%", "b_c", "é", "\\", "zz"];
const text = fc.constantFrom(...words);
const effort = fc.option(fc.integer({ min: -2, max: 3 }), { nil: null });
const due = fc.option(fc.constantFrom(new Date(0), new Date(1e12), new Date("2026-01-31T12:00:00.001Z")), { nil: null });

/** Values that conditions compare each property with, among them such as no row has. */
const operands: Readonly<Record<Kind, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  tag: { name: text },
  client: { code: text, name: text },
  project: { name: text, rank: fc.integer({ min: -2, max: 3 }) },
  task: { title: text, done: fc.boolean(), due: due.map((value) => value ?? new Date(5)), effort: fc.integer({ min: -2, max: 3 }) },
  note: { text },
};
const nullable = new Set(["rank", "due", "effort"]);
const comparisons: readonly OperatorName[] = ["value", "eq", "ne", "gt", "gte", "lt", "lte"];
const patterns: readonly OperatorName[] = ["like", "ilike", "startsWith", "contains"];

function leafOf(kind: Kind): fc.Arbitrary<GraphPlan> {
  return fc.constantFrom(...Object.keys(operands[kind])).chain((property) => {
    const value = operands[kind][property] ?? text;
    const leaf = (operator: fc.Arbitrary<OperatorName>, list: fc.Arbitrary<readonly unknown[]>): fc.Arbitrary<GraphPlan> =>
      fc.record({ kind: fc.constant("leaf" as const), property: fc.constant(property), operator, operands: list });
    return fc.oneof(
      leaf(fc.constantFrom(...comparisons), value.map((one) => [one])),
      leaf(fc.constant("between"), fc.tuple(value, value)),
      leaf(fc.constantFrom("oneOf", "notOneOf"), fc.array(value, { maxLength: 3 })),
      ...(nullable.has(property) ? [leaf(fc.constantFrom("isNull", "isNotNull"), fc.constant([]))] : []),
      ...(value === text ? [leaf(fc.constantFrom(...patterns), text.map((one) => [one]))] : []),
    );
  });
}

function planOf(kind: Kind, depth: number): fc.Arbitrary<GraphPlan> {
  if (depth === 0) return leafOf(kind);
  const part = planOf(kind, depth - 1);
  const through = fc.constantFrom(...Object.keys(related[kind])).chain((relation): fc.Arbitrary<GraphPlan> => {
    const target = related[kind][relation];
    const inner = planOf(target?.kind ?? kind, depth - 1);
    if (target?.many === true) return fc.record({ kind: fc.constantFrom("some", "none", "every"), relation: fc.constant(relation), part: inner });
    return fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("one" as const), relation: fc.constant(relation), part: inner }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("absent", "present"), relation: fc.constant(relation) }) },
    );
  });
  return fc.oneof(
    leafOf(kind), through, through,
    fc.record({ kind: fc.constantFrom("and", "or"), parts: fc.array(part, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant("not" as const), part }),
  );
}

const orderPaths: Readonly<Record<Kind, readonly (readonly string[])[]>> = {
  tag: [["name"], ["parent", "name"]],
  client: [["name"]],
  project: [["name"], ["rank"], ["client", "name"]],
  task: [["title"], ["done"], ["due"], ["effort"], ["project", "name"], ["project", "client", "name"], ["parent", "effort"], ["note", "text"]],
  note: [["text"], ["task", "title"], ["task", "project", "rank"]],
};

interface Query {
  readonly kind: Kind;
  readonly where: GraphPlan;
  readonly order: readonly OrderPlan[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

function orderOf(kind: Kind): fc.Arbitrary<readonly OrderPlan[]> {
  return fc.uniqueArray(fc.record({
    path: fc.constantFrom(...orderPaths[kind]), dir: fc.constantFrom("asc", "desc"), nulls: fc.constantFrom("first", "last"),
  }), { maxLength: 3, selector: ({ path }) => path.join(".") });
}

/** Relations to load, each once, however deep. */
function loadsOf(kind: Kind, depth: number): fc.Arbitrary<readonly LoadPlan[]> {
  const names = Object.keys(related[kind]);
  return fc.subarray(names, { maxLength: Math.min(depth, names.length) }).chain((chosen) => fc.tuple(...chosen.map((relation) => {
    const { kind: target = kind, many = false } = related[kind][relation] ?? {};
    return fc.record({
      relation: fc.constant(relation), where: fc.option(planOf(target, 1), { nil: null }),
      order: many ? orderOf(target) : fc.constant([]), limit: many ? fc.option(fc.nat(3), { nil: undefined }) : fc.constant(undefined),
      with: depth > 1 ? loadsOf(target, depth - 1) : fc.constant([]),
    });
  })));
}

const load = fc.constantFrom<Kind>("task", "task", "project", "tag", "client", "note")
  .chain((kind) => fc.record({ kind: fc.constant(kind), plans: loadsOf(kind, 3), chosen: fc.option(fc.subarray(Object.keys(operands[kind])), { nil: undefined }) }));

const query: fc.Arbitrary<Query> = fc.constantFrom<Kind>("task", "task", "project", "tag", "client", "note").chain((kind) => fc.record({
  kind: fc.constant(kind),
  where: planOf(kind, 3),
  order: orderOf(kind),
  limit: fc.option(fc.nat(6), { nil: undefined }),
  offset: fc.option(fc.nat(4), { nil: undefined }),
}));

const table = fc.record({
  projects: fc.array(fc.record({ name: text, rank: effort, client: fc.nat(3) }), { maxLength: 5 }),
  tasks: fc.array(fc.record({ title: text, done: fc.boolean(), due, effort, project: fc.nat(6), parent: fc.nat(9) }), { maxLength: 12 }),
  notes: fc.array(text, { maxLength: 4 }),
  links: fc.array(fc.tuple(fc.nat(11), fc.nat(3)), { maxLength: 8 }),
  blockings: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 6 }),
});
type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;

/** Stores a random table in a context's name. */
async function store(db: Database, ctx: Context, rows: Table, tags: readonly Tag[]): Promise<Rows> {
  const client = await db.repository(Client).insertMany(ctx, [{ code: "a", name: "A" }, { code: "b", name: "b" }]);
  const project = await db.repository(Project).insertMany(ctx, rows.projects.map(({ client: at, ...data }) => ({ ...data, clientCode: client[at]?.code ?? null })));
  const task: Task[] = [];
  for (const { project: at, parent, ...data } of rows.tasks) {
    task.push(await db.repository(Task).insert(ctx, { ...data, projectId: project[at]?.id ?? null, parentId: task[parent]?.id ?? null }));
  }
  const note = await db.repository(Note).insertMany(ctx, rows.notes.flatMap((content, index) => {
    const of = task[index];
    return of === undefined ? [] : [{ text: content, taskId: of.id }];
  }));
  const pairs = new Map(rows.links.flatMap(([a, b]) => {
    const [one, other] = [task[a], tags[b]];
    return one === undefined || other === undefined ? [] : [[`${one.id} ${other.id}`, { taskId: one.id, tagId: other.id }] as const];
  }));
  const taskTag = await db.repository(TaskTag).insertMany(ctx, [...pairs.values()]);
  const blocks = new Map(rows.blockings.flatMap(([a, b]) => {
    const [one, other] = [task[a], task[b]];
    return one === undefined || other === undefined ? [] : [[`${one.id} ${other.id}`, { blockerId: one.id, blockedId: other.id }] as const];
  }));
  const blocking = await db.repository(Blocking).insertMany(ctx, [...blocks.values()]);
  return { tag: tags, client, project, task, note, taskTag, blocking };
}

onEveryEngine("random queries", (databases) => {
  // SQLite 3.52.0 gives such a row once for each match when it is left to its own devices.
  it("give a row once however many related rows match, under an offset too", async () => {
    const db = await databases.open(trackerModel);
    const { aliceCtx: ctx } = await twoUsers(db);
    await db.repository(Client).insertMany(ctx, [{ code: "a", name: "A" }, { code: "b", name: "B" }]);
    await db.repository(Project).insertMany(ctx, ["a", "b", "a"].map((clientCode) => ({ name: "P", clientCode })));
    const found = await db.repository(Client).find(ctx, { projects: some() }, { limit: 5, offset: 1 });
    expect(found.map((client) => client.code)).toEqual(["b"]);
  });

  it(`give the rows that plain JavaScript picks (${TABLES * QUERIES} queries)`, async () => {
    let asked = 0;
    let found = 0;
    await fc.assert(fc.asyncProperty(table, table, fc.array(query, { minLength: QUERIES, maxLength: QUERIES }), async (mine, others, queries) => {
      const db = await databases.open(trackerModel);
      const { aliceCtx, bobCtx } = await twoUsers(db);
      const tags = await db.repository(Tag).insertMany(["a", "b%", "zz"].map((name) => ({ name })));
      await db.repository(Tag).update({ name: "zz" }, { parentId: tags[0]?.id ?? 0 });
      const all = await db.repository(Tag).find();
      await store(db, bobCtx, others, all);
      const rows = await store(db, aliceCtx, mine, all);
      for (const one of queries) {
        const { kind, where, order, limit, offset } = one;
        const repository = kind === "tag" ? db.repository(Tag).as(aliceCtx) : db.repository(entities[kind] as typeof Task).as(aliceCtx);
        const key = keys[kind];
        const matching = (rows[kind] as readonly object[]).filter((row) => judgeGraph(where, kind, row, rows) === true)
          .sort(byOrder(order, kind, key, rows));
        const start = offset ?? 0;
        const wanted = matching.slice(start, limit === undefined ? undefined : start + limit);
        const got = await (repository as { find(where: unknown, options: unknown): Promise<object[]> })
          .find(buildGraph(where), { orderBy: buildOrder(order), ...(limit === undefined ? {} : { limit }), ...(offset === undefined ? {} : { offset }) });
        const idsOf = (list: readonly object[]): readonly unknown[] => list.map((row) => (row as Record<string, unknown>)[key]);
        // Names the query alone: the rows would bury it.
        expect({ query: one, ids: idsOf(got) }).toEqual({ query: one, ids: idsOf(wanted) });
        expect(await repository.count(buildGraph(where) as never)).toBe(matching.length);
        asked += 1;
        found += wanted.length;
      }
      await db.close();
    }), { numRuns: TABLES, endOnFailure: true });
    expect(asked).toBe(TABLES * QUERIES);
    // Queries that never find anything would prove nothing.
    expect(found).toBeGreaterThan(asked / 4);
  }, 120_000);

  it(`load the relations that plain JavaScript finds (${TABLES * LOADS} loads)`, async () => {
    let statements = 0;
    let asked = 0;
    await fc.assert(fc.asyncProperty(table, table, fc.array(load, { minLength: LOADS, maxLength: LOADS }), async (mine, others, loads) => {
      const db = await databases.open(trackerModel);
      const { aliceCtx, bobCtx } = await twoUsers(db);
      const tags = await db.repository(Tag).insertMany(["a", "b%", "zz"].map((name) => ({ name })));
      await db.repository(Tag).update({ name: "zz" }, { parentId: tags[0]?.id ?? 0 });
      const all = await db.repository(Tag).find();
      await store(db, bobCtx, others, all);
      const rows = await store(db, aliceCtx, mine, all);
      for (const { kind, plans, chosen } of loads) {
        const repository = kind === "tag" ? db.repository(Tag).as(aliceCtx) : db.repository(entities[kind] as typeof Task).as(aliceCtx);
        const wanted = [...rows[kind] as readonly object[]].sort(byOrder([], kind, keys[kind], rows)).map((row) => loadTree(plans, kind, keys, row, rows));
        const before = databases.events.length;
        const found = await (repository as { find(where: unknown, options: unknown): Promise<object[]> })
          .find({}, { with: buildWith(plans), ...(chosen === undefined ? {} : { select: chosen }) });
        const sent = databases.events.length - before;
        expect({ kind, plans, trees: found.map((row) => treeOf(plans, kind, keys, row)) }).toEqual({ kind, plans, trees: wanted });
        // One statement for the roots, and one at most for each relation.
        expect(sent).toBeLessThanOrEqual(1 + relationsIn(plans));
        statements += sent;
        asked += 1;
        if (chosen !== undefined) {
          for (const row of found) {
            for (const name of Object.keys(operands[kind])) expect([name, (row as Record<string, unknown>)[name] === undefined]).toEqual([name, !chosen.includes(name) && name !== keys[kind]]);
          }
        } else {
          const bare = await (repository as { find(where: unknown): Promise<object[]> }).find({});
          const loaded = await db.load(aliceCtx, bare, buildWith(plans) as never);
          expect(loaded.map((row) => treeOf(plans, kind, keys, row))).toEqual(wanted);
        }
      }
      await db.close();
    }), { numRuns: TABLES, endOnFailure: true });
    expect(statements).toBeGreaterThan(asked);
  }, 120_000);
});

function relationsIn(plans: readonly LoadPlan[]): number {
  return plans.reduce((sum, plan) => sum + 1 + relationsIn(plan.with), 0);
}
