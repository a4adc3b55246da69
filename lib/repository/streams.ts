import { badOption } from "../errors/query-errors";
import type { Scope } from "../scope/access";
import { logScope } from "../scope/log-scope";
import type { Engine } from "./engine";
import { behind, keysetColumns, type Position } from "./keyset";
import { openRead } from "./open-read";
import { parseCount, STREAM_OPTIONS, type StreamOptions, type Unchecked } from "./options";
import { parseOrder } from "./ordering";
import { planRead } from "./read-plan";
import { hydrateRows } from "./relation-loader";
import { selectBehind } from "./select-rows";
import type { EntityUnit } from "./unit";
import { parseWhere } from "./where-parser";

const DEFAULT_CHUNK = 500;
const MOST_CHUNK = 10_000;

/**
 * Reads rows chunk by chunk, each behind the last row of the one before: between chunks it holds no connection, no lock and
 * one chunk in memory. Everything is checked now; SQL runs when somebody iterates.
 */
export function stream<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: Unchecked<StreamOptions<E>> | undefined,
): AsyncIterable<E> {
  const { model } = unit;
  const engine = inPlace(unit.engine);
  const { source, asked } = openRead(unit.on(engine), scope, options, STREAM_OPTIONS);
  const { signal, onProgress } = asked;
  if (onProgress !== undefined && typeof onProgress !== "function") throw badOption(model.name, "onProgress", "a function", onProgress);
  const size = chunkSize(model.name, asked.chunkSize);
  const most = parseCount(model, "limit", asked.limit) ?? Infinity;
  const given: unknown[] = [];
  const parsed = parseWhere(source, where, engine, given);
  const order = parseOrder(source, asked.orderBy, engine);
  const columns = keysetColumns(model, order, engine.dialect);
  const plan = planRead<E>(engine, source, asked, columns);
  const readers = columns.map((property) => [plan.columns.indexOf(property), engine.dialect.decoder(property)] as const);

  async function* rows(): AsyncGenerator<E, void, undefined> {
    let position: Position | null = null;
    let count = 0;
    for (let last = false; !last && count < most;) {
      const values = [...given];
      const limit = Math.min(size, most - count);
      const found = await selectBehind(engine, {
        operation: "stream", plan, where: parsed, order, limit, offset: null, signal, values,
      }, position === null ? [] : behind(order, position, values));
      const end = found.at(-1);
      last = found.length < limit || end === undefined;
      if (end !== undefined) position = { values: readers.map(([at, decode]) => decode(end[at])), inclusive: false };
      for (const entity of await hydrateRows(engine, plan, found, signal)) {
        signal?.throwIfAborted();
        count += 1;
        yield entity;
      }
      if (found.length > 0) (onProgress as StreamOptions<E>["onProgress"])?.(count);
    }
  }

  const { observer } = engine;
  if (observer === null) return Object.freeze({ [Symbol.asyncIterator]: rows });
  const facts = { kind: "stream", table: model.table, entity: model.name, scope: logScope(scope) } as const;
  return Object.freeze({ [Symbol.asyncIterator]: () => observer.stream(facts, rows) });
}

/** A stream that begins in a transaction stays in it, whoever reads on. */
function inPlace(engine: Engine): Engine {
  const session = engine.session();
  return session.transaction ? Object.freeze({ ...engine, session: () => session }) : engine;
}

function chunkSize(entity: string, value: unknown): number {
  if (value === undefined) return DEFAULT_CHUNK;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1 || value > MOST_CHUNK) {
    throw badOption(entity, "chunkSize", `a whole number from 1 to ${MOST_CHUNK}`, value);
  }
  return value;
}
