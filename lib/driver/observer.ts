import type { Dialect } from "../dialect/dialect";
import { badOpenOption } from "../errors/connection-errors";
import { telemetryFailed } from "../errors/telemetry-errors";
import { statementFailure, workFailure } from "./failure";
import type { StatementFacts, StatementOutcome, Stretch, Telemetry, TelemetryTarget, TelemetryWatch, WorkFacts, WorkOutcome } from "./telemetry";
import type { Transactions } from "./transactions";

type Status = Pick<Dialect, "isStatus">;

/**
 * Tells telemetry what runs, and stands between the two: whatever telemetry does, work runs exactly once, and its outcome is its own.
 */
export class Observer {
  readonly #watch: TelemetryWatch;
  readonly #status: Status;
  #warned = false;

  private constructor(watch: TelemetryWatch, status: Status) {
    this.#watch = watch;
    this.#status = status;
  }

  /** @returns null where nobody watches */
  static of(telemetry: Telemetry | undefined, target: TelemetryTarget, status: Status): Observer | null {
    if (telemetry === undefined) return null;
    try {
      return new Observer(telemetry.watch(target), status);
    } catch (error) {
      warn(error);
      return null;
    }
  }

  /** @throws ConnectionError for anything that is no telemetry */
  static check(telemetry: unknown): void {
    if (telemetry === undefined) return;
    if (typeof telemetry === "object" && telemetry !== null && "watch" in telemetry && typeof telemetry.watch === "function") return;
    throw badOpenOption("telemetry", "what openTelemetry() of freehold/opentelemetry returns", telemetry);
  }

  /** Runs a statement; where its answer is there at once, there is no promise. */
  statement<T>(facts: StatementFacts, run: () => T | Promise<T>, outcomeOf: (result: T) => StatementOutcome): T | Promise<T> {
    const stretch = this.#quietly(() => this.#watch.statement(facts));
    const done = (result: T): T => {
      this.#end(stretch, () => outcomeOf(result));
      return result;
    };
    const failed = (error: unknown): never => {
      this.#end(stretch, () => ({ failure: statementFailure(error, facts.handWritten, this.#status) }));
      throw error;
    };
    let answer: T | Promise<T>;
    try {
      answer = this.#within(stretch, run);
    } catch (error) {
      return failed(error);
    }
    return answer instanceof Promise ? answer.then(done, failed) : done(answer);
  }

  /** The way in which a database's transactions run. */
  runIn(transactions: Transactions): Transactions["run"] {
    return async (work, options = {}) => {
      const stretch = this.#begin({ kind: "transaction", nested: transactions.isInside(), readOnly: options.readOnly === true });
      let attempts = 0;
      try {
        const result = await this.#within(stretch, () => transactions.run((tx) => {
          attempts += 1;
          return work(tx);
        }, options));
        this.#end(stretch, (): WorkOutcome => ({ outcome: "commit", attempts }));
        return result;
      } catch (error) {
        this.#end(stretch, (): WorkOutcome => ({ outcome: "rollback", attempts, failure: workFailure(error) }));
        throw error;
      }
    };
  }

  /** Reads a stream from the first row that is asked for until nobody asks any more. */
  async *stream<E>(facts: WorkFacts & { readonly kind: "stream" }, rows: () => AsyncGenerator<E, void, undefined>): AsyncGenerator<E, void, undefined> {
    const stretch = this.#begin(facts);
    const given = rows();
    let outcome: WorkOutcome = { outcome: "left" };
    let count = 0;
    try {
      for (;;) {
        const step = await this.#within(stretch, () => given.next());
        if (step.done === true) break;
        count += 1;
        yield step.value;
      }
      outcome = { outcome: "end" };
    } catch (error) {
      outcome = { outcome: "left", failure: workFailure(error) };
      throw error;
    } finally {
      await given.return();
      this.#end(stretch, () => ({ ...outcome, rows: count }));
    }
  }

  waited(mode: "read" | "write", seconds: number): void {
    this.#quietly(() => this.#watch.waited(mode, seconds));
  }

  here(): unknown {
    return this.#quietly(() => this.#watch.here());
  }

  onBehalf<T>(places: readonly unknown[], work: () => T): T {
    return this.#once((once) => this.#watch.onBehalf(places, once), work);
  }

  close(): void {
    this.#quietly(() => this.#watch.close());
  }

  #begin(facts: WorkFacts): Stretch<WorkOutcome> | undefined {
    return this.#quietly(() => this.#watch.work(facts));
  }

  #within<T>(stretch: Stretch<never> | undefined, work: () => T): T {
    return stretch === undefined ? work() : this.#once((once) => stretch.within(once), work);
  }

  #end<O>(stretch: Stretch<O> | undefined, outcome: () => O): void {
    if (stretch !== undefined) this.#quietly(() => stretch.end(outcome()));
  }

  /** Hands work to telemetry: called twice it runs once, forgotten it runs all the same, and only its own failure is one. */
  #once<T>(surround: (work: () => T) => T, work: () => T): T {
    const outcome: { value?: { readonly is: T }; error?: { readonly is: unknown } } = {};
    const once = (): T => {
      if (outcome.value === undefined && outcome.error === undefined) {
        try {
          outcome.value = { is: work() };
        } catch (error) {
          outcome.error = { is: error };
        }
      }
      if (outcome.value === undefined) throw outcome.error?.is;
      return outcome.value.is;
    };
    try {
      const given: unknown = surround(once);
      // Written as an async function, it gives a promise of its own, which fails with the work: that is told already.
      if (given instanceof Promise && given !== outcome.value?.is) given.catch(() => undefined);
    } catch (error) {
      if (outcome.error === undefined || outcome.error.is !== error) this.#warn(error);
    }
    return once();
  }

  #quietly<T>(tell: () => T): T | undefined {
    try {
      const told = tell();
      // An async function fits the types where nothing is to be returned.
      if (told instanceof Promise) told.catch((error: unknown) => { this.#warn(error); });
      return told;
    } catch (error) {
      this.#warn(error);
      return undefined;
    }
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    warn(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(telemetryFailed(error), { type: "FreeholdWarning", code: "FREEHOLD_TELEMETRY_FAILED" });
}
