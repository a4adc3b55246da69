import type { CounterModel, EntityModel } from "../model/entity-model";
import { statement, type InsertStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { withAt } from "../util/list";
import { execute, openFor, type Engine } from "./engine";

/** Whether the ids of an entity are counted for each owner: its inserts are work for a transaction. */
export function countsPerOwner(model: EntityModel): boolean {
  return model.primaryKey.generate === "perOwner";
}

interface Numbering {
  readonly engine: Engine;
  readonly source: TableSource;
  readonly counter: CounterModel;
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
}

/** An owner's rows: the greatest id that came along, and the rows without one. */
interface Group<R> {
  greatest: number;
  readonly open: R[];
}

/**
 * Gives rows their ids where these are counted per owner; rows of other entities stay as they are. It must run in the
 * transaction that writes the rows: a counter that was raised waits for nobody, and nobody gets the same numbers.
 */
export async function numbered<R extends { readonly values: readonly unknown[] }>(
  engine: Engine, source: TableSource, rows: readonly R[], { operation, signal }: Pick<Numbering, "operation" | "signal">,
): Promise<readonly R[]> {
  const { model, access } = source;
  const counter = engine.model.counterOf(model);
  const [id] = model.primaryKey.properties;
  if (counter === undefined || id === undefined || access.kind === "public") return rows;
  const numbering: Numbering = { engine, source, counter, operation, signal };
  const ownerOf = ({ values }: R): unknown => access.kind === "user" ? access.key : values[access.owner.position];
  const groups = new Map<unknown, Group<R>>();
  for (const row of rows) {
    const owner = ownerOf(row);
    const group = groups.get(owner) ?? { greatest: 0, open: [] };
    groups.set(owner, group);
    const chosen = (row.values[id.position] ?? null) as number | null;
    if (chosen === null) group.open.push(row);
    else group.greatest = Math.max(group.greatest, chosen);
  }
  const ids = new Map<R, number>();
  for (const [owner, { greatest, open }] of groups) {
    if (greatest > 0) await count(numbering, owner, greatest, "greater");
    if (open.length === 0) continue;
    const first = await count(numbering, owner, open.length, "add") - open.length + 1;
    open.forEach((row, index) => ids.set(row, first + index));
  }
  return rows.map((row) => ids.has(row) ? { ...row, values: withAt(row.values, id.position, ids.get(row)) } : row);
}

/** Changes an owner's counter, which need not be there yet, and gives the last id that is taken. */
async function count(
  { engine, source, counter, operation, signal }: Numbering, owner: unknown, value: number, mode: "add" | "greater",
): Promise<number> {
  const { counted, last, ownership } = counter;
  const opened = openFor(engine, counter, source.scope);
  const named = opened.access.kind === "user" ? [] : [ownership.property];
  const result = await execute(engine, {
    operation, scope: source.scope, source: opened, signal, subject: source.model,
    values: [...named.map(() => owner), source.model.table, value],
    shape: `count:${mode}`,
    build: (table) => statement<InsertStatement>({
      kind: "insert", source: table, columns: [...named, counted, last], rows: 1,
      conflict: { target: counter.primaryKey.columns, update: [last], mode, live: false, version: null }, returning: [last],
    }),
  });
  return engine.dialect.decoder(last)(result.rows[0]?.[0]) as number;
}
