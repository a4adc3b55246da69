import { randomBytes } from "node:crypto";
import { KeptPlaces } from "./kept-places";
import { plainPostgres, runPlain, type PlainClient } from "./plain-postgres";

/** What global-setup.cjs found or made. */
interface Provided {
  readonly adminUrl: string;
  readonly login: string;
  readonly password: string;
  /** One for each worker of Jest. */
  readonly databases: readonly string[];
}

export interface OutsideOptions {
  /** Off: rows may be written that no constraint would allow to refer to each other. Default: on. */
  readonly foreignKeys?: boolean;
}

export type PlainStatement = readonly [sql: string, ...values: readonly unknown[]];

const DEFINITIONS = /^\s*(create|alter|drop|comment|grant|revoke)\b/i;
const LOCK_TIMEOUT_MS = 10_000;

/**
 * The run's PostgreSQL server as one file of specs uses it: schemas of the worker's own database, each as empty as a new
 * database. Creating a schema takes milliseconds, creating a database more than a tenth of a second.
 */
export class TestServer {
  readonly #provided: Provided;
  readonly #database: string;
  readonly #created = new Set<string>();
  readonly #places = new KeptPlaces(async (place) => this.connection(place), (place) => this.pathOf(place));
  #admin: Promise<PlainClient> | undefined;

  constructor() {
    const provided = process.env["FREEHOLD_TEST_SERVER"];
    if (provided === undefined) throw new Error("no PostgreSQL server was started for this run: see spec/support/postgres/global-setup.cjs");
    this.#provided = JSON.parse(provided) as Provided;
    const database = this.#provided.databases[Number(process.env["JEST_WORKER_ID"]) - 1];
    if (database === undefined) throw new Error(`no database for worker ${process.env["JEST_WORKER_ID"]}`);
    this.#database = database;
  }

  /** The role that {@link url} logs in as. */
  get login(): string { return this.#provided.login; }

  /** Runs one statement as a superuser in the worker's database. */
  protected async asAdmin(sql: string): Promise<void> {
    await (await this.#connection()).query(sql);
  }

  /** The worker's database. */
  get database(): string { return this.#database; }

  /** A new name; the schema is created when it is first used. */
  newSchema(): string {
    // No name comes back in a later file: PgBouncer remembers for a while that it could not log in to a database that was gone.
    return `test_${randomBytes(8).toString("hex")}`;
  }

  /** The address for the library: a role without rights of its own, and no schema in sight but this one. */
  url(schema: string): string {
    const url = new URL(this.#provided.adminUrl);
    url.username = this.#provided.login;
    url.password = this.#provided.password;
    url.pathname = `/${this.#database}`;
    url.searchParams.set("options", `-csearch_path=${schema}`);
    return url.href;
  }

  /** The address of a superuser, whom no policy stops. */
  adminUrl(): string {
    const url = new URL(this.#provided.adminUrl);
    url.pathname = `/${this.#database}`;
    return url.href;
  }

  async createSchema(schema: string): Promise<void> {
    if (this.#created.has(schema)) return;
    this.#created.add(schema);
    const admin = await this.#connection();
    await admin.query(`create schema ${schema} authorization ${this.login}`);
    // As the schema that a new database has: everybody sees that it is there.
    await admin.query(`grant usage on schema ${schema} to public`);
  }

  /** Runs plain SQL past the library and past every policy, in one transaction. */
  async outside(schema: string, statements: readonly PlainStatement[], { foreignKeys = true }: OutsideOptions = {}): Promise<readonly unknown[]> {
    await this.createSchema(schema);
    const admin = await this.connection(schema);
    const results: unknown[] = [];
    await admin.query(`begin; set local search_path = ${this.pathOf(schema)}; set local session_replication_role = ${foreignKeys ? "origin" : "replica"}`);
    try {
      for (const [sql, ...values] of statements) {
        // What is created shall belong to the library's role, as if that had created it.
        await admin.query(DEFINITIONS.test(sql) ? `set local role ${this.login}` : "set local role none");
        results.push(await runPlain(admin, sql, values));
      }
      await admin.query("commit");
    } catch (error) {
      await admin.query("rollback");
      throw error;
    }
    return results;
  }

  /** Runs a text of any statements as the library's role; what makes another role of that one an administrator has run already. */
  async script(schema: string, sql: string): Promise<void> {
    await this.createSchema(schema);
    const admin = await this.connection(schema);
    await admin.query(`begin; set local search_path = ${this.pathOf(schema)}; set local role ${this.login}`);
    try {
      await admin.query(sql.replace(/^grant "freehold_system" to current_user[^;]*;\n/m, ""));
      await admin.query("commit");
    } catch (error) {
      await admin.query("rollback");
      throw error;
    }
  }

  /**
   * Gives `fill` a place without rows to make its tables in, or one in which an earlier test has made them already.
   *
   * @param kind says which tables: two of one kind are alike
   */
  async lend<T>(kind: string, fill: (place: string) => Promise<T>): Promise<T> {
    const place = this.#places.take(kind) ?? this.newSchema();
    return this.#places.lend(place, kind, async () => fill(place));
  }

  /** A test has ended: drops every place, but for those that a later one can have as they are. */
  async clear(): Promise<void> {
    await this.drop(await this.#places.settle());
  }

  /** Drops all places but those. */
  protected async drop(kept: ReadonlySet<string>): Promise<void> {
    const schemas = [...this.#created].filter((schema) => !kept.has(schema));
    if (schemas.length === 0) return;
    for (const schema of schemas) this.#created.delete(schema);
    await (await this.#connection()).query(`drop schema if exists ${schemas.join(", ")} cascade`);
  }

  /** Drops every place and ends its connection; the next use opens another. */
  async disconnect(): Promise<void> {
    this.#places.forget();
    await this.clear();
    const admin = this.#admin;
    this.#admin = undefined;
    await (await admin)?.end();
  }

  /** What a place is called for those who are in its database. */
  protected pathOf(schema: string): string {
    return schema;
  }

  /** A superuser's connection to the database of a place; the class ends it. */
  protected async connection(_schema: string): Promise<PlainClient> {
    return this.#connection();
  }

  async #connection(): Promise<PlainClient> {
    this.#admin ??= plainPostgres(this.adminUrl()).then(async (client) => {
      // A database that a test forgot to close fails the test, instead of stopping the run.
      await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}; set client_min_messages = warning`);
      return client;
    });
    return this.#admin;
  }
}
