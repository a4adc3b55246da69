import type { Observer } from "../driver/observer";
import type { Session } from "../driver/session";
import type { PropertyModel } from "../model/entity-model";
import { statement, type SelectStatement } from "../sql/statement";
import { deferred } from "../util/deferred";
import { execute, type Engine } from "./engine";
import { isMany } from "./keys";
import { oneOfKeys } from "./lists";
import type { Sender } from "./pending";
import type { ReadPlan } from "./read-plan";
import { positions } from "./shapes";

/** One call for the row of a key. */
interface Waiting {
  readonly key: unknown;
  /** Where it was called, for telemetry. */
  readonly place: unknown;
  readonly resolve: (entity: object | null | Promise<object | null>) => void;
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
export type ReadAlone = (engine: Engine, plan: ReadPlan<object>, property: PropertyModel, key: unknown) => object | null | Promise<object | null>;

const MOST_KEYS = 1_000;
/** Those whose values are equal where they are the same value; lists of other types do not travel exactly in every way either. */
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
export class Lookups implements Sender<Batch> {
  readonly #alone: ReadAlone;
  #open: readonly Batch[] = [];

  constructor(alone: ReadAlone) {
    this.#alone = alone;
  }

  /** The row of a key, or null; it is asked for at the end of this turn. */
  find(engine: Engine, plan: ReadPlan<object>, property: PropertyModel, key: unknown): Promise<object | null> {
    const session = engine.session();
    const { promise, resolve, reject } = deferred<object | null>();
    const waiting: Waiting = { key, place: engine.observer?.here(), resolve, reject };
    const joined = this.#toJoin(session, plan, property);
    if (joined === undefined) void this.#begin({ engine, session, plan, property, waiting: [waiting] });
    else joined.waiting.push(waiting);
    return promise;
  }

  /** Whoever sends a batch off may be in another transaction, or in none: it stays in its own. */
  send(batch: Batch): void {
    this.#answer(batch, Object.freeze({ ...batch.engine, session: () => batch.session }));
  }

  #answer(batch: Batch, engine: Engine): void {
    this.#open = this.#open.length === 1 ? none : this.#open.filter((open) => open !== batch);
    const [one] = batch.waiting;
    if (one !== undefined && batch.waiting.length === 1) this.#answerOne(batch, engine, one);
    else answerInPlace(batch, engine).catch(() => { for (const each of batch.waiting) this.#answerOne(batch, engine, each); });
  }

  #toJoin(session: Session, plan: ReadPlan<object>, property: PropertyModel): Batch | undefined {
    for (const open of this.#open) {
      const { source, columns } = open.plan;
      if (open.session === session && open.property === property && source.scope === plan.source.scope && source.shown === plan.source.shown
        && columns === plan.columns && open.waiting.length < MOST_KEYS) return open;
    }
    return undefined;
  }

  async #begin(batch: Batch): Promise<void> {
    const { engine } = batch;
    this.#open = [...this.#open, batch];
    engine.pending.add(batch, this);
    await turnEnds;
    if (engine.pending.remove(batch)) this.#answer(batch, engine);
  }

  #answerOne(batch: Batch, engine: Engine, one: Waiting): void {
    try {
      const { observer } = engine;
      const found = observer === null ? this.#alone(engine, batch.plan, batch.property, one.key) : this.#answerOneInPlace(batch, engine, observer, one);
      one.resolve(found);
    } catch (error) {
      one.reject(error);
    }
  }

  /** Whoever sends a look-up off is not who asked for it. */
  #answerOneInPlace({ plan, property }: Batch, engine: Engine, observer: Observer, { key, place }: Waiting): object | null | Promise<object | null> {
    return observer.onBehalf([place], () => this.#alone(engine, plan, property, key));
  }
}

const turnEnds = Promise.resolve();
const none: readonly Batch[] = Object.freeze([]);

/** The same for several. */
function answerInPlace(batch: Batch, engine: Engine): Promise<void> {
  if (engine.observer === null) return answerAll(batch, engine);
  return engine.observer.onBehalf(batch.waiting.map(({ place }) => place), () => answerAll(batch, engine));
}

async function answerAll({ plan, property, waiting }: Batch, engine: Engine): Promise<void> {
  const { source, columns, hydrator } = plan;
  const values: unknown[] = [];
  const keys = [...new Set(waiting.map(({ key }) => key))];
  const among = oneOfKeys(source.model.name, property, keys, values);
  const answer = execute(engine, {
    operation: "findById", scope: source.scope, source, values, signal: undefined, shape: `${positions(columns)}&${property.position}?${among.shape}`,
    build: (opened) => statement<SelectStatement>({
      kind: "select", source: opened, columns, where: among.predicate, order: [], limitSlot: null, offsetSlot: null, many: isMany(keys.length),
    }),
  });
  const { rows } = answer instanceof Promise ? await answer : answer;
  const [place, decode] = [columns.indexOf(property), engine.dialect.decoder(property)];
  const byKey = new Map<unknown, readonly unknown[]>();
  for (const row of rows) byKey.set(decode(row[place]), row);
  for (const { key, resolve, reject } of waiting) {
    const row = byKey.get(key);
    try {
      resolve(row === undefined ? null : hydrator.hydrate(row));
    } catch (error) {
      reject(error);
    }
  }
}
