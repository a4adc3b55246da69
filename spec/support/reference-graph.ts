import { and, every, isNull, none, not, or, some, type Where } from "freehold";
import { build, compare, judge, type Plan, type Truth } from "./reference-where";
import type { Blocking, Client, Note, Project, Tag, Task, TaskTag } from "./tracker";

/** All rows that a user may see, as plain lists. */
export interface Rows {
  readonly tag: readonly Tag[];
  readonly client: readonly Client[];
  readonly project: readonly Project[];
  readonly task: readonly Task[];
  readonly note: readonly Note[];
  readonly taskTag: readonly TaskTag[];
  readonly blocking: readonly Blocking[];
}

export type Kind = "tag" | "client" | "project" | "task" | "note";
type Row = Readonly<Record<string, unknown>>;

/** What relations lead to, by hand: nothing of the library is asked. */
export const related: Readonly<Record<Kind, Readonly<Record<string, {
  readonly kind: Kind; readonly many: boolean; readonly rows: (row: never, all: Rows) => readonly object[];
}>>>> = {
  tag: {
    parent: { kind: "tag", many: false, rows: (tag: Tag, all) => all.tag.filter((other) => other.id === tag.parentId) },
    children: { kind: "tag", many: true, rows: (tag: Tag, all) => all.tag.filter((other) => other.parentId === tag.id) },
    tasks: {
      kind: "task", many: true,
      rows: (tag: Tag, all) => all.task.filter((task) => all.taskTag.some((link) => link.tagId === tag.id && link.taskId === task.id)),
    },
  },
  client: {
    projects: { kind: "project", many: true, rows: (client: Client, all) => all.project.filter((project) => project.clientCode === client.code) },
  },
  project: {
    client: { kind: "client", many: false, rows: (project: Project, all) => all.client.filter((client) => client.code === project.clientCode) },
    tasks: { kind: "task", many: true, rows: (project: Project, all) => all.task.filter((task) => task.projectId === project.id) },
  },
  task: {
    project: { kind: "project", many: false, rows: (task: Task, all) => all.project.filter((project) => project.id === task.projectId) },
    parent: { kind: "task", many: false, rows: (task: Task, all) => all.task.filter((other) => other.id === task.parentId) },
    subtasks: { kind: "task", many: true, rows: (task: Task, all) => all.task.filter((other) => other.parentId === task.id) },
    note: { kind: "note", many: false, rows: (task: Task, all) => all.note.filter((note) => note.taskId === task.id) },
    tags: {
      kind: "tag", many: true,
      rows: (task: Task, all) => all.tag.filter((tag) => all.taskTag.some((link) => link.tagId === tag.id && link.taskId === task.id)),
    },
    blockers: {
      kind: "task", many: true,
      rows: (task: Task, all) => all.task.filter((other) => all.blocking.some((link) => link.blockedId === task.id && link.blockerId === other.id)),
    },
  },
  note: {
    task: { kind: "task", many: false, rows: (note: Note, all) => all.task.filter((task) => task.id === note.taskId) },
  },
};

/** A condition on an entity and its relations, to be built for the library and judged in plain JavaScript. */
export type GraphPlan =
  | Extract<Plan, { kind: "leaf" }>
  | { readonly kind: "and" | "or"; readonly parts: readonly GraphPlan[] }
  | { readonly kind: "not"; readonly part: GraphPlan }
  | { readonly kind: "one" | "some" | "none" | "every"; readonly relation: string; readonly part: GraphPlan }
  | { readonly kind: "absent" | "present"; readonly relation: string };

/** The condition as callers write it. */
export function buildGraph<E>(plan: GraphPlan): Where<E> {
  const inner = (part: GraphPlan): never => buildGraph(part) as never;
  switch (plan.kind) {
    case "leaf": return build<E>(plan);
    case "and": return and<E>(...plan.parts.map(inner));
    case "or": return or<E>(...plan.parts.map(inner));
    case "not": return not<E>(inner(plan.part));
    case "one": return { [plan.relation]: inner(plan.part) } as unknown as Where<E>;
    case "some": return { [plan.relation]: some(inner(plan.part)) } as Where<E>;
    case "none": return { [plan.relation]: none(inner(plan.part)) } as Where<E>;
    case "every": return { [plan.relation]: every(inner(plan.part)) } as Where<E>;
    case "absent": return { [plan.relation]: null } as Where<E>;
    case "present": return { [plan.relation]: isNull(false) } as Where<E>;
  }
}

export function judgeGraph(plan: GraphPlan, kind: Kind, row: object, all: Rows): Truth {
  switch (plan.kind) {
    case "leaf": return judge(plan, row as Row);
    case "and":
    case "or": {
      const truths = plan.parts.map((part) => judgeGraph(part, kind, row, all));
      const absorbing = plan.kind === "or";
      return truths.includes(absorbing) ? absorbing : truths.includes(null) ? null : !absorbing;
    }
    case "not": {
      const truth = judgeGraph(plan.part, kind, row, all);
      return truth === null ? null : !truth;
    }
    case "absent": return rowsOf(kind, row, plan.relation, all).length === 0;
    case "present": return rowsOf(kind, row, plan.relation, all).length > 0;
    default: {
      const target = related[kind][plan.relation]?.kind ?? kind;
      const truths = rowsOf(kind, row, plan.relation, all).map((other) => judgeGraph(plan.part, target, other, all) === true);
      return plan.kind === "every" ? truths.every(Boolean) : plan.kind === "none" ? !truths.includes(true) : truths.includes(true);
    }
  }
}

export function rowsOf(kind: Kind, row: object, relation: string, all: Rows): readonly object[] {
  return related[kind][relation]?.rows(row as never, all) ?? [];
}

/** A property, or one of the row that to-one relations lead to. */
export interface OrderPlan {
  readonly path: readonly string[];
  readonly dir: "asc" | "desc";
  readonly nulls: "first" | "last";
}

export function buildOrder(orders: readonly OrderPlan[]): readonly object[] {
  return orders.map(({ path, dir, nulls }) => path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), { dir, nulls }) as object);
}

/** Compares two rows as the orders say, and then by their keys. */
export function byOrder(orders: readonly OrderPlan[], kind: Kind, key: string, all: Rows): (a: object, b: object) => number {
  const valueOf = (row: object, path: readonly string[], of: Kind): unknown => {
    const [name = "", ...rest] = path;
    if (rest.length === 0) return (row as Row)[name] ?? null;
    const [next] = rowsOf(of, row, name, all);
    return next === undefined ? null : valueOf(next, rest, related[of][name]?.kind ?? of);
  };
  return (a, b) => {
    for (const { path, dir, nulls } of orders) {
      const [left, right] = [valueOf(a, path, kind), valueOf(b, path, kind)];
      if (left === null && right === null) continue;
      if (left === null || right === null) return (left === null) === (nulls === "first") ? -1 : 1;
      const order = compare(left, right);
      if (order !== 0) return dir === "asc" ? order : -order;
    }
    return compare((a as Row)[key], (b as Row)[key]);
  };
}

/** What a read is to load: relations by name, each with what is asked of it. */
export interface LoadPlan {
  readonly relation: string;
  readonly where: GraphPlan | null;
  readonly order: readonly OrderPlan[];
  readonly limit: number | undefined;
  readonly with: readonly LoadPlan[];
}

/** The plan as callers write it. */
export function buildWith(plans: readonly LoadPlan[]): Record<string, unknown> {
  return Object.fromEntries(plans.map(({ relation, where, order, limit, with: inner }) => [relation, {
    ...(where === null ? {} : { where: buildGraph(where) }), ...(order.length === 0 ? {} : { orderBy: buildOrder(order) }),
    ...(limit === undefined ? {} : { limit }), ...(inner.length === 0 ? {} : { with: buildWith(inner) }),
  }]));
}

/** A row's key and, for each relation that is loaded, those of the rows behind it. */
export interface KeyTree {
  readonly key: unknown;
  readonly loaded: Readonly<Record<string, readonly KeyTree[] | KeyTree | null>>;
}

/** What plain JavaScript finds. */
export function loadTree(plans: readonly LoadPlan[], kind: Kind, keys: Readonly<Record<Kind, string>>, row: object, all: Rows): KeyTree {
  return {
    key: (row as Row)[keys[kind]],
    loaded: Object.fromEntries(plans.map(({ relation, where, order, limit, with: inner }) => {
      const { kind: target = kind, many = false } = related[kind][relation] ?? {};
      const found = rowsOf(kind, row, relation, all).filter((other) => where === null || judgeGraph(where, target, other, all) === true)
        .sort(byOrder(order, target, keys[target], all)).slice(0, limit).map((other) => loadTree(inner, target, keys, other, all));
      return [relation, many ? found : found[0] ?? null];
    })),
  };
}

/** What the library gave. */
export function treeOf(plans: readonly LoadPlan[], kind: Kind, keys: Readonly<Record<Kind, string>>, row: object): KeyTree {
  return {
    key: (row as Row)[keys[kind]],
    loaded: Object.fromEntries(plans.map(({ relation, with: inner }) => {
      const target = related[kind][relation]?.kind ?? kind;
      const value = (row as Row)[relation] as object | readonly object[] | null;
      return [relation, Array.isArray(value) ? value.map((other: object) => treeOf(inner, target, keys, other)) : value === null ? null : treeOf(inner, target, keys, value)];
    })),
  };
}
