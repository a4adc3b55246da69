import { betterSqlite3, postgres, sqlite3, type Driver } from "freehold";
import { BouncedServer } from "./postgres/bounced-server";
import { TestServer } from "./postgres/test-server";

/** One cell of the driver matrix. */
export interface TestEngine {
  /** Such as `sqlite3, file`. */
  readonly name: string;
  /** The driver's function in the library. */
  readonly driverName: "sqlite3" | "betterSqlite3" | "postgres";
  readonly dialect: "sqlite" | "postgres";
  readonly storage: "file" | "memory" | "server";
  /** Whether a place can be opened a second time, and be looked at from outside. */
  readonly shared: boolean;
  /** Whether the database's own policies guard the rows too. */
  readonly rls: boolean;
  /** A number as parameters and the log hold it: PostgreSQL's numbers travel as text, so that nobody guesses their type. */
  sent(value: number): number | string;
  /** A driver on a place, a new and empty one unless one is given. */
  driver(place?: string): Driver;
}

interface MatrixEngine extends TestEngine {
  driver(place: string): Driver;
}

let testServer: TestServer | undefined;

/** The run's PostgreSQL server as this file of specs uses it. */
export function server(): TestServer {
  const bouncer = process.env["FREEHOLD_THROUGH_PGBOUNCER"];
  return testServer ??= bouncer === undefined ? new TestServer() : new BouncedServer(bouncer);
}

const sqlites = ([["sqlite3", sqlite3], ["betterSqlite3", betterSqlite3]] as const).flatMap(([driverName, factory]) =>
  (["file", "memory"] as const).map((storage): MatrixEngine => ({
    name: `${driverName}, ${storage}`, driverName, dialect: "sqlite", storage, shared: storage === "file", rls: false,
    sent: (value) => value, driver: (place) => factory({ file: place }),
  })));

const postgreses = [false, true].map((rls): MatrixEngine => ({
  name: rls ? "postgres, rls" : "postgres", driverName: "postgres", dialect: "postgres", storage: "server", shared: true, rls,
  sent: String,
  driver: (place) => {
    const driver = postgres({ connectionString: server().url(place), rls, prepare: process.env["FREEHOLD_THROUGH_PGBOUNCER"] === undefined });
    return { ...driver, open: async () => {
      await server().createSchema(place);
      return driver.open();
    } };
  },
}));

/**
 * Every engine, or those of FREEHOLD_ENGINES: names, drivers or dialects with `;` between them, such as
 * `postgres, rls;sqlite3`.
 */
export const engines: readonly MatrixEngine[] = chosen([...sqlites, ...postgreses], process.env["FREEHOLD_ENGINES"]);

function chosen(all: readonly MatrixEngine[], wanted: string | undefined): readonly MatrixEngine[] {
  if (wanted === undefined || wanted === "") return all;
  const names = wanted.split(";").map((name) => name.trim());
  const matches = (name: string) => all.filter((engine) => [engine.name, engine.driverName, engine.dialect].includes(name));
  for (const name of names) if (matches(name).length === 0) throw new Error(`FREEHOLD_ENGINES: no engine is called ${name}`);
  return all.filter((engine) => names.some((name) => matches(name).includes(engine)));
}
