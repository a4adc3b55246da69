import type { Decoder } from "../dialect/dialect";
import { badCursor, badOption, badPageOptions, cursorTooLong } from "../errors/query-errors";
import { acceptValue } from "../model/accept";
import type { PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { UserContext } from "../scope/user-context";
import type { OrderTerm } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import type { Engine } from "./engine";
import { backwards, behind, keysetColumns, type Position } from "./keyset";
import { openRead } from "./open-read";
import { PAGE_OPTIONS, type PageOptions, type Unchecked } from "./options";
import { parseOrder } from "./ordering";
import { planRead, type ReadPlan } from "./read-plan";
import { hydrateRows } from "./relation-loader";
import { selectBehind } from "./select-rows";
import type { EntityUnit } from "./unit";
import { parseWhere } from "./where-parser";

/** A page of rows in an order, and how to go on from it. */
export interface Page<T> {
  readonly items: T[];
  /** For `after`: the rows behind this page; null when there are none. */
  readonly nextCursor: string | null;
  /** For `before`: the rows in front of this page; null when it is the first. */
  readonly previousCursor: string | null;
}

const DEFAULT_SIZE = 20;

/** Reads one page by keyset: it begins behind a row, not after so many rows, so that nothing is lost or doubled. */
export async function paginate<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: Unchecked<PageOptions<E>> | undefined,
): Promise<Page<E>> {
  const { engine, model } = unit;
  const { source, asked } = openRead(unit, scope, options, PAGE_OPTIONS);
  const { backward, size, cursor } = direction(model.name, asked);
  const values: unknown[] = [];
  const parsed = parseWhere(source, where, engine, values);
  const order = parseOrder(source, asked.orderBy, engine);
  const columns = keysetColumns(model, order, engine.dialect);
  const plan = planRead<E>(engine, source, asked, columns);
  const place = new PlaceOf(engine, source, plan, order, columns);
  const start = cursor === undefined ? null : place.open(cursor);
  const walked = backward ? backwards(order) : order;
  const rows = await selectBehind(engine, {
    operation: "paginate", plan, where: parsed, order: walked, limit: size + 1, offset: null, signal: asked.signal, values,
  }, start === null ? [] : behind(walked, start, values));
  const kept = rows.slice(0, size);
  if (backward) kept.reverse();
  const more = rows.length > size;
  // An empty page still lies between rows: the way back begins at the row that the cursor named.
  const cursorOf = (row: readonly unknown[] | undefined): string | null => row !== undefined ? place.at(row)
    : start === null ? null : place.seal({ values: start.values, inclusive: !start.inclusive });
  const [ahead, behindIt] = backward ? [start !== null, more] : [more, start !== null];
  const [nextCursor, previousCursor] = [ahead ? cursorOf(kept.at(-1)) : null, behindIt ? cursorOf(kept[0]) : null];
  return { items: await hydrateRows(engine, plan, kept, asked.signal), nextCursor, previousCursor };
}

function direction(entity: string, asked: Readonly<Record<string, unknown>>): { backward: boolean; size: number; cursor: unknown } {
  const { first, after, last, before } = asked;
  const backward = last !== undefined || before !== undefined;
  if (backward && (first !== undefined || after !== undefined)) throw badPageOptions(entity);
  const size = (backward ? last : first) ?? DEFAULT_SIZE;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 1) {
    throw badOption(entity, backward ? "last" : "first", "a whole number from 1", size);
  }
  // null is what a page says when there is no further one: as an argument it begins anew.
  const cursor = (backward ? before : after) ?? undefined;
  return { backward, size, cursor };
}

/** Turns rows into cursors and back, for one entity, order and context. */
class PlaceOf {
  readonly #engine: Engine;
  readonly #entity: string;
  readonly #binding: string;
  readonly #columns: readonly PropertyModel[];
  readonly #readers: readonly (readonly [position: number, decode: Decoder])[];

  constructor(engine: Engine, source: TableSource, plan: ReadPlan<object>, order: readonly OrderTerm[], columns: readonly PropertyModel[]) {
    this.#engine = engine;
    this.#entity = source.model.name;
    this.#columns = columns;
    this.#binding = JSON.stringify([
      source.model.name, order.map(({ property, direction: dir, nulls }) => [property.name, dir, nulls]), bearer(source),
    ]);
    this.#readers = columns.map((property) => [plan.columns.indexOf(property), engine.dialect.decoder(property)]);
  }

  /** The cursor of a row. */
  at(row: readonly unknown[]): string {
    return this.seal({ values: this.#readers.map(([position, decode]) => decode(row[position])), inclusive: false });
  }

  seal({ values, inclusive }: Position): string {
    const cursor = this.#engine.cursors.seal(this.#binding, JSON.stringify([inclusive, ...values.map(written)]));
    if (cursor === null) throw cursorTooLong(this.#entity, this.#columns.map(({ name }) => name));
    return cursor;
  }

  /** @throws InvalidQueryError for what is no cursor of this entity, order and context */
  open(cursor: unknown): Position {
    const content = this.#engine.cursors.open(this.#binding, cursor);
    if (content === null) throw badCursor(this.#entity);
    const [inclusive, ...values] = JSON.parse(content) as readonly unknown[];
    return {
      inclusive: inclusive === true,
      values: this.#columns.map((property, index) => {
        const value = read(property, values[index]);
        const accepted = value === null && property.nullable ? { value } : acceptValue(property, value);
        if (!("fault" in accepted)) return accepted.value;
        // A row may hold a longer text than the model lets in by now: the place is still a place.
        if (accepted.constraint === "length") return value;
        throw badCursor(this.#entity);
      }),
    };
  }
}

/** In whose name a cursor was given out. */
function bearer({ scope, reach }: TableSource): readonly unknown[] {
  return UserContext.is(scope) ? [reach.kind, scope.owner.name, scope.key] : [reach.kind];
}

function written(value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}

function read(property: PropertyModel, value: unknown): unknown {
  if (typeof value !== "string") return value;
  switch (property.type) {
    case "bigint": return /^-?\d{1,20}$/.test(value) ? BigInt(value) : value;
    case "datetime": return new Date(value);
    case "blob": return Buffer.from(value, "base64");
    default: return value;
  }
}
