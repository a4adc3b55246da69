import type { Observer } from "../driver/observer";
import type { Session } from "../driver/session";
import type { PropertyModel } from "../model/entity-model";
import { statement, type SelectStatement } from "../sql/statement";
import { execute, type Engine } from "./engine";
import { isMany } from "./keys";
import { keyText, memberOf } from "./lists";
import type { ReadPlan } from "./read-plan";
import { positions } from "./shapes";

/** One call for the row of a key. */
interface Waiting {
  readonly key: unknown;
  /** Where it was called, for telemetry. */
  readonly place: unknown;
  readonly resolve: (entity: object | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Look-ups of the same turn that one statement can answer: of one selection, in one name and one session. */
interface Batch {
  readonly engine: Engine;
  readonly session: Session;
  readonly plan: ReadPlan<object>;
  readonly property: PropertyModel;
  readonly waiting: Waiting[];
}

/** Reads a single key, as it is read without company. */
export type ReadAlone = (engine: Engine, plan: ReadPlan<object>, property: PropertyModel, key: unknown) => Promise<object | null>;

const MOST_KEYS = 1_000;
/** Lists of other types do not travel exactly in every way. */
const TYPES = new Set<PropertyModel["type"]>(["integer", "bigint", "text", "uuid"]);

/** Whether look-ups of this plan can share a statement. */
export function canShare(plan: ReadPlan<object>, property: PropertyModel): boolean {
  return plan.relations.length === 0 && plan.lock === undefined && TYPES.has(property.type) && plan.columns.includes(property);
}

/**
 * Gathers an entity's look-ups by key that are asked for in one turn of the event loop, as by `Promise.all`, and sends one statement for
 * all of them. Two are gathered only if the very same context asks in the same session; each gets an instance of its own, and where the
 * statement fails, each is tried again for itself, so that it fails for its own reasons.
 */
export class Lookups {
  readonly #alone: ReadAlone;
  #open: readonly Batch[] = [];

  constructor(alone: ReadAlone) {
    this.#alone = alone;
  }

  /** The row of a key, or null; it is asked for at the end of this turn. */
  find(engine: Engine, plan: ReadPlan<object>, property: PropertyModel, key: unknown): Promise<object | null> {
    const session = engine.session();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { key, place: engine.observer?.here(), resolve, reject };
      const batch = this.#open.find((open) => open.session === session && open.plan.source.scope === plan.source.scope
        && open.plan.source.shown === plan.source.shown && open.plan.columns === plan.columns && open.property === property && open.waiting.length < MOST_KEYS);
      if (batch !== undefined) {
        batch.waiting.push(waiting);
        return;
      }
      this.#begin({ engine, session, plan, property, waiting: [waiting] });
    });
  }

  #begin(batch: Batch): void {
    const { pending } = batch.engine;
    this.#open = [...this.#open, batch];
    // Whoever sends it off may be in another transaction, or in none: the batch stays in its own.
    const send = (): void => this.#answer(batch, Object.freeze({ ...batch.engine, session: () => batch.session }));
    pending.add(send);
    queueMicrotask(() => { if (pending.remove(send)) this.#answer(batch, batch.engine); });
  }

  #answer(batch: Batch, engine: Engine): void {
    this.#open = this.#open.filter((open) => open !== batch);
    const { waiting } = batch;
    const alone = (one: Waiting): void => { this.#answerOne(batch, engine, one).then(one.resolve, one.reject); };
    if (waiting.length === 1) waiting.forEach(alone);
    else answerInPlace(batch, engine).catch(() => waiting.forEach(alone));
  }

  #answerOne(batch: Batch, engine: Engine, one: Waiting): Promise<object | null> {
    const { observer } = engine;
    return observer === null ? this.#alone(engine, batch.plan, batch.property, one.key) : this.#answerInPlace(batch, engine, observer, one);
  }

  /** Whoever sends a look-up off is not who asked for it. */
  #answerInPlace({ plan, property }: Batch, engine: Engine, observer: Observer, { key, place }: Waiting): Promise<object | null> {
    return observer.onBehalf([place], () => this.#alone(engine, plan, property, key));
  }
}

/** The same for several. */
function answerInPlace(batch: Batch, engine: Engine): Promise<void> {
  if (engine.observer === null) return answerAll(batch, engine);
  return engine.observer.onBehalf(batch.waiting.map(({ place }) => place), () => answerAll(batch, engine));
}

async function answerAll({ plan, property, waiting }: Batch, engine: Engine): Promise<void> {
  const { source, columns, hydrator } = plan;
  const values: unknown[] = [];
  const keys = [...new Map(waiting.map(({ key }) => [keyText([key]), [key]])).values()];
  const among = memberOf(source.model.name, [property], keys, values);
  const answer = execute(engine, {
    operation: "findById", scope: source.scope, source, values, signal: undefined, shape: `${positions(columns)}&${property.position}?${among.shape}`,
    build: (opened) => statement<SelectStatement>({
      kind: "select", source: opened, columns, where: among.predicate, order: [], limitSlot: null, offsetSlot: null, many: isMany(keys.length),
    }),
  });
  const { rows } = answer instanceof Promise ? await answer : answer;
  const [place, decode] = [columns.indexOf(property), engine.dialect.decoder(property)];
  const byKey = new Map(rows.map((row) => [keyText([decode(row[place])]), row]));
  for (const { key, resolve, reject } of waiting) {
    const row = byKey.get(keyText([key]));
    try {
      resolve(row === undefined ? null : hydrator.hydrate(row));
    } catch (error) {
      reject(error);
    }
  }
}
