import type { PlainClient } from "./plain-postgres";

/** Counts every definition that anybody makes in a database, those that are rolled back included. */
const WATCH = `
  create schema freehold_watch;
  create sequence freehold_watch.definitions;
  create function freehold_watch.count() returns event_trigger language plpgsql security definer set search_path = pg_catalog as
    $$ begin perform nextval('freehold_watch.definitions'); end $$;
  create event trigger freehold_watch on ddl_command_end execute function freehold_watch.count()`;

/** Takes every row and starts every sequence anew; what holds no page is left alone. */
const EMPTY = (schema: string): string => `do $$
  declare filled text; one record;
  begin
    select string_agg(oid::regclass::text, ', ') into filled from pg_class
      where relnamespace = '${schema}'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0;
    if filled is not null then execute 'truncate ' || filled || ' cascade'; end if;
    for one in select seqrelid, seqstart from pg_sequence join pg_class on oid = seqrelid where relnamespace = '${schema}'::regnamespace loop
      if pg_sequence_last_value(one.seqrelid) is not null then perform setval(one.seqrelid, one.seqstart, false); end if;
    end loop;
  end $$`;

/**
 * Places whose tables a test has filled but not changed. Emptied they are as good as new for the next test of the same model, and cost a
 * tenth of a new one. A test that defines anything, in whichever way, gives up its places.
 */
export class KeptPlaces {
  readonly #connection: (place: string) => Promise<PlainClient>;
  readonly #schemaOf: (place: string) => string;
  /** Those of past tests, by what they hold. */
  readonly #kept = new Map<string, string[]>();
  /** Those of the running test, by what they hold. */
  readonly #lent = new Map<string, string>();
  /** How many definitions each database has seen that were the library's own, made to fill a place. */
  readonly #known = new Map<PlainClient, number>();
  readonly #watched = new Set<PlainClient>();
  #filling = 0;

  constructor(connection: (place: string) => Promise<PlainClient>, schemaOf: (place: string) => string) {
    this.#connection = connection;
    this.#schemaOf = schemaOf;
  }

  /** A place that holds the empty tables of that kind, if there is one. */
  take(kind: string): string | undefined {
    return this.#kept.get(kind)?.pop();
  }

  /** Lends a place to the running test once `fill` has made its tables, or seen that they are there. */
  async lend<T>(place: string, kind: string, fill: () => Promise<T>): Promise<T> {
    const client = await this.#connection(place);
    // While another place is being filled, nobody can tell whose a definition is.
    if (this.#filling === 0) await this.#withdraw();
    this.#filling += 1;
    try {
      const result = await fill();
      this.#lent.set(place, kind);
      return result;
    } finally {
      this.#filling -= 1;
      this.#known.set(client, await this.#count(client));
    }
  }

  /** Empties the places of the test that has ended, as far as they can be kept; gives all that are. */
  async settle(): Promise<ReadonlySet<string>> {
    await this.#withdraw();
    for (const [place, kind] of this.#lent) {
      await (await this.#connection(place)).query(EMPTY(this.#schemaOf(place)));
      this.#kept.set(kind, [...this.#kept.get(kind) ?? [], place]);
    }
    this.#lent.clear();
    return new Set([...this.#kept.values()].flat());
  }

  /** Keeps none of them any longer. */
  forget(): void {
    this.#kept.clear();
    this.#lent.clear();
    this.#known.clear();
    this.#watched.clear();
  }

  /** Lends no place any longer in whose database something was defined by others than {@link lend}. */
  async #withdraw(): Promise<void> {
    for (const place of [...this.#lent.keys()]) {
      const client = await this.#connection(place);
      if (await this.#count(client) !== this.#known.get(client)) this.#lent.delete(place);
    }
  }

  async #count(client: PlainClient): Promise<number> {
    if (!this.#watched.has(client)) {
      this.#watched.add(client);
      const { rows: [found] } = await client.query("select to_regclass('freehold_watch.definitions') is not null as watched");
      if (found?.["watched"] !== true) await client.query(WATCH);
    }
    const { rows: [row] } = await client.query("select last_value from freehold_watch.definitions");
    return Number(row?.["last_value"]);
  }
}
