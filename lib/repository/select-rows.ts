import { logic, type PredicateNode } from "../sql/predicate";
import { statement, type OrderTerm, type SelectStatement } from "../sql/statement";
import { execute, type Call, type Engine } from "./engine";
import { isMany } from "./keys";
import { orderShape } from "./ordering";
import type { ReadPlan } from "./read-plan";
import { positions } from "./shapes";
import type { ParsedWhere } from "./where-parser";

/** A read that has been checked. */
export interface RowRead {
  readonly operation: string;
  readonly plan: ReadPlan<object>;
  readonly where: ParsedWhere;
  /** A further condition, such as the place where a page begins. */
  readonly from?: ParsedWhere;
  readonly order: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number | null;
  /** The values of the conditions. */
  readonly values: readonly unknown[];
  readonly signal: AbortSignal | undefined;
}

/** Reads rows as they come from the engine. */
export async function selectRows(engine: Engine, read: RowRead): Promise<readonly (readonly unknown[])[]> {
  if (read.limit === 0) return [];
  const answer = execute(engine, callOf(read));
  return (answer instanceof Promise ? await answer : answer).rows;
}

/** Reads up to `limit` rows of one stretch after the other; of none, the read as it is. */
export async function selectBehind(
  engine: Engine, read: RowRead & { readonly limit: number }, stretches: readonly ParsedWhere[],
): Promise<readonly (readonly unknown[])[]> {
  if (stretches.length === 0) return selectRows(engine, read);
  let rows: readonly (readonly unknown[])[] = [];
  for (const from of stretches) {
    if (rows.length < read.limit) rows = rows.concat(await selectRows(engine, { ...read, from, limit: read.limit - rows.length }));
  }
  return rows;
}

/** The read as a call. */
export function callOf(read: RowRead): Call {
  const { plan: { source, columns, lock }, where, from, order, signal } = read;
  const values = [...read.values];
  const slotOf = (value: number | null): number | null => value === null ? null : values.push(value) - 1;
  const [limitSlot, offsetSlot] = [slotOf(read.limit), slotOf(read.offset)];
  const many = isMany(read.limit);
  const predicate: PredicateNode = from === undefined ? where.predicate : logic("and", [from.predicate, where.predicate]);
  return {
    operation: read.operation, scope: source.scope, source, values, signal,
    shape: `${where.shape}${from === undefined ? "" : `^${from.shape}`}>${positions(columns)}|${orderShape(order)}|${
      limitSlot === null ? "" : many ? "l" : "f"}${offsetSlot === null ? "" : "o"}${lock ?? ""}`,
    build: (opened) => statement<SelectStatement>({
      kind: "select", source: opened, columns, where: predicate, order, limitSlot, offsetSlot, many, ...(lock === undefined ? {} : { lock }),
    }),
  };
}
