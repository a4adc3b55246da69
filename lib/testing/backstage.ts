import type { Driver, Lease, Pool } from "../driver/driver";
import type { DatabaseModel, EntityModel } from "../model/entity-model";
import { Identities, type Identity } from "../scope/identity";
import type { SystemContext } from "../scope/system-context";

/** All rows of one table as they are stored: each column as a text, in the order of the model's columns. */
export interface StoredTable {
  readonly model: EntityModel;
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The way to a test database's connections past its repositories: to empty it, to set its counters, to look at its rows as they are. */
export class Backstage {
  readonly #driver: Driver;
  readonly #model: DatabaseModel;
  #pool: Pool | undefined;

  constructor(driver: Driver, model: DatabaseModel) {
    this.#driver = driver;
    this.#model = model;
  }

  /** The driver for `Database.open`, whose connections this one shares: a database in memory has no other door. */
  get driver(): Driver {
    return { ...this.#driver, open: async () => this.#pool = await this.#driver.open() };
  }

  /** Takes all rows; counted keys begin anew. */
  async empty(): Promise<void> {
    await this.#script(this.#driver.dialect.rehearsal.empty(this.#model.tables));
  }

  /** Lets each table count from a number of its own, far from those of the others. */
  async countFrom(first: number): Promise<void> {
    const { rehearsal } = this.#driver.dialect;
    const scripts = this.#model.tables.flatMap((table, index) => rehearsal.countFrom(table, first + index * TABLE_SPAN) ?? []);
    if (scripts.length > 0) await this.#script(scripts.join(";\n"));
  }

  /** Whether the database counts a table's keys from where nobody can tell it. */
  countsByItself(model: EntityModel): boolean {
    return model.primaryKey.generate === "identity" && this.#driver.dialect.rehearsal.countFrom(model, 1) === null;
  }

  /** Reads every table, in the name of the system where policies ask. */
  async stored(system: SystemContext): Promise<readonly StoredTable[]> {
    const { dialect } = this.#driver;
    const identity = dialect.identifies ? new Identities(this.#model).of(system) : undefined;
    return this.#borrow(async ({ connection }) => {
      const tables: StoredTable[] = [];
      for (const model of this.#model.tables) {
        const text = { sql: dialect.rehearsal.stored(model), readOnly: true, returnsRows: true };
        const { rows } = await connection.execute(text, [], optionsOf(identity));
        tables.push({ model, rows: inKeyOrder(model, rows as StoredTable["rows"]) });
      }
      return tables;
    });
  }

  async #script(sql: string): Promise<void> {
    await this.#borrow(async ({ connection }) => connection.script(sql));
  }

  async #borrow<T>(work: (lease: Lease) => Promise<T>): Promise<T> {
    if (this.#pool === undefined) throw new Error("the test database has not been opened");
    const lease = await this.#pool.acquire("write");
    let broken = true;
    try {
      const result = await work(lease);
      broken = false;
      return result;
    } finally {
      lease.release(broken);
    }
  }
}

/** How many keys each table may count before it meets those of the next. */
const TABLE_SPAN = 100_000;

function optionsOf(identity: Identity | undefined): { readonly identity?: Identity } {
  return identity === undefined ? {} : { identity };
}

/** Engines give rows in any order. Keys of one length are in their own order then: counted ones of one user, and uuids. */
function inKeyOrder({ columns, primaryKey }: EntityModel, rows: StoredTable["rows"]): StoredTable["rows"] {
  const places = primaryKey.columns.map((property) => columns.indexOf(property));
  const keyed = rows.map((row) => ({ row, key: places.map((place) => (row[place] ?? "").padStart(20, " ")).join("\u0000") }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}
