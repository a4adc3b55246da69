import type { Database } from "../database";
import type { EntityClass } from "../metadata/records";
import type { Repository } from "../repository/repository";
import { runWithContext } from "../scope/ambient-context";
import { UserContext } from "../scope/user-context";

/**
 * A user of a test, stored, with all that is done in its name.
 *
 * @example
 * const alice = await test.asUser();
 * await alice.repository(Document).insert({ title: "Hers" });
 */
export class TestUser<O extends object> {
  /** The stored owner. */
  readonly user: O;
  readonly ctx: UserContext;
  readonly db: Database;

  /** Internal: `asUser()` makes users. */
  constructor(db: Database, user: O) {
    this.db = db;
    this.user = user;
    this.ctx = UserContext.of(user);
  }

  /** A repository bound to this user; of an entity that nobody owns too. */
  repository<E extends object>(entity: EntityClass<E>): Repository<E, "bound"> {
    const repository = this.db.repository(entity) as { as(context: UserContext): Repository<E, "bound"> };
    return repository.as(this.ctx);
  }

  /** Runs code that finds its context by itself (`inContext()`) in this user's name. */
  run<T>(work: () => T): T {
    return runWithContext(this.ctx, work);
  }
}
