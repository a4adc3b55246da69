import { badReason, contextForged } from "../errors/context-errors";

const token = Symbol("SystemContext");

/**
 * Works across owners. It is asked for by name, `db.system("reason")`, belongs to that database, and every
 * statement run with it is logged with its reason.
 *
 * @example
 * const all = await documents.count(db.system("monthly statistics"));
 */
export class SystemContext {
  readonly #database: object;
  readonly #reason: string;

  private constructor(proof: symbol, database: object, reason: string) {
    if (proof !== token) throw contextForged();
    this.#database = database;
    this.#reason = reason;
    Object.freeze(this);
  }

  /** Internal: `Database.system` is the public door. */
  static open(proof: SystemContextProof, reason: unknown): SystemContext {
    const database = SystemContextProof.databaseOf(proof);
    if (typeof reason !== "string" || reason.trim() === "" || reason.length > 200 || /[\r\n\u0000\u2028\u2029]/.test(reason)) {
      throw badReason(reason);
    }
    return new SystemContext(token, database, reason);
  }

  /** Whether a value is a real system context. */
  static is(value: unknown): value is SystemContext {
    return typeof value === "object" && value !== null && #reason in value;
  }

  /** Why the caller crosses owners; in every log event of its statements. */
  get reason(): string { return this.#reason; }

  /** Whether this context was made by that database. */
  belongsTo(database: object): boolean { return this.#database === database; }

  /** What a log shows of it: its reason. */
  toJSON(): object { return { system: this.#reason }; }
}

/**
 * What only a database can show: that the call to {@link SystemContext.open} comes from `Database.system`. A context
 * leads to its class by `constructor`, but nothing leads from there to this one, and an object that looks like a proof is none.
 */
export class SystemContextProof {
  readonly #database: object;

  constructor(database: object) {
    this.#database = database;
  }

  /** @throws ContextRequiredError for anything but a proof */
  static databaseOf(proof: unknown): object {
    if (typeof proof !== "object" || proof === null || !(#database in proof)) throw contextForged();
    return proof.#database;
  }
}
