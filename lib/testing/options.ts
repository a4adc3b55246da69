import { testSetup } from "../errors/testing-errors";
import type { Driver } from "../driver/driver";
import { sqlite3 } from "../driver/sqlite/sqlite3-driver";
import { User } from "../entities/user";
import type { EntityClass } from "../metadata/records";
import type { DatabaseModel, EntityModel } from "../model/entity-model";
import type { DatabaseOptions } from "../repository/open-options";

/** What `createTestDatabase` takes: the options of `Database.open`, and a few of its own. */
export interface TestDatabaseOptions<O extends object = User> extends Omit<DatabaseOptions, "driver"> {
  /** Default `sqlite3({ file: ":memory:" })`. On `postgres(…)`, a schema of its own is made, and dropped by `close()`. */
  readonly driver?: Driver;
  /** The entity whose rows are the users, where it is not the provided `User`: `Account`, or `User<Profile>` for its type. */
  readonly owner?: EntityClass<O>;
  /** PostgreSQL: false uses the schema that the connection leads to, which has to be empty; default true. */
  readonly ownSchema?: boolean;
}

export interface Prepared {
  readonly options: Omit<DatabaseOptions, "driver">;
  readonly driver: Driver;
  readonly owner: EntityClass | undefined;
}

export function prepare<O extends object>(given: TestDatabaseOptions<O>, schema: () => string): Prepared {
  const { driver = sqlite3({ file: ":memory:" }), owner, ownSchema = true, ...options } = given;
  return {
    // Each reason of a system context would be written to stderr once: of tests, nobody wants to read them.
    options: { logger: () => undefined, ...options },
    driver: ownSchema && driver.apart !== undefined ? driver.apart(schema()) : driver, owner,
  };
}

/** The entity whose rows the users of tests are; null where nothing is owned. */
export function ownerOf(model: DatabaseModel, owner: EntityClass | undefined): EntityModel | null {
  if (owner !== undefined) {
    const found = model.modelOf(owner);
    if (found === undefined) throw testSetup.notAnEntity(owner.name);
    return found;
  }
  const names = [...new Set(model.entities.flatMap(({ ownership }) => ownership === null ? [] : [ownership.ownerEntity]))];
  const [name] = names;
  if (name === undefined) return model.modelOf(User) ?? null;
  if (names.length > 1) throw testSetup.severalOwners(names);
  const found = model.byName[name];
  if (found === undefined) return null;
  if (found.target !== User) throw testSetup.ownerUnnamed(name);
  return found;
}
