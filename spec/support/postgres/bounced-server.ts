import { plainPostgres, type PlainClient } from "./plain-postgres";
import { TestServer } from "./test-server";

/**
 * The server as it is seen through a PgBouncer in transaction mode: each place is a database of its own, since no schema can be named in
 * an address there. What specs do past the library goes to the server itself.
 */
export class BouncedServer extends TestServer {
  readonly #address: string;
  readonly #places = new Map<string, Promise<PlainClient>>();

  /** @param address that of PgBouncer, with the log-in and without a database */
  constructor(address: string) {
    super();
    this.#address = address;
  }

  /** PgBouncer knows but one. */
  override get login(): string { return new URL(this.#address).username; }

  override url(place: string): string {
    const url = new URL(this.#address);
    url.pathname = `/${place}`;
    return url.href;
  }

  override async createSchema(place: string): Promise<void> {
    await this.connection(place);
  }

  protected override async drop(kept: ReadonlySet<string>): Promise<void> {
    for (const [place, connecting] of [...this.#places]) {
      if (kept.has(place)) continue;
      this.#places.delete(place);
      await (await connecting).end();
      // PgBouncer keeps its connections to the database for a while.
      await this.asAdmin(`drop database if exists ${place} with (force)`);
    }
  }

  protected override pathOf(): string {
    return "public";
  }

  protected override connection(place: string): Promise<PlainClient> {
    let connecting = this.#places.get(place);
    if (connecting === undefined) this.#places.set(place, connecting = this.#create(place));
    return connecting;
  }

  async #create(place: string): Promise<PlainClient> {
    await this.asAdmin(`create database ${place} owner ${this.login}`);
    const url = new URL(this.adminUrl());
    url.pathname = `/${place}`;
    const client = await plainPostgres(url.href);
    await client.query(`alter schema public owner to ${this.login}`);
    return client;
  }
}
