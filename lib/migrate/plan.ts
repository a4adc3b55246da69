import type { MigrationDialect, SchemaChange, SqlStep } from "../dialect/migration-dialect";
import type { SchemaShape } from "../dialect/schema-shape";
import { askOn } from "../driver/asking";
import type { Driver } from "../driver/driver";
import { Transactions } from "../driver/transactions";
import { nothingFound, otherDialect } from "../errors/migration-errors";
import { buildModel, type ModelOptions } from "../model/build-model";
import { inDependencyOrder } from "../schema/schema-text";
import { deepFreeze } from "../util/freeze";
import type { Decisions } from "./decisions";
import { inverse, matchShapes } from "./match";

/** What `planMigration` needs of what `Database.open` takes, the last snapshot, and what only people know. */
export interface PlanOptions extends ModelOptions, Decisions {
  readonly driver: Driver;
  /** The schema that the last migration leads to; null: there is none yet. */
  readonly snapshot: SchemaShape | null;
}

/** A migration that has yet to be written down. */
export interface MigrationPlan {
  readonly dialect: SchemaShape["dialect"];
  readonly up: readonly SqlStep[];
  readonly down: readonly SqlStep[];
  /** The next snapshot. */
  readonly snapshot: SchemaShape;
}

/** The model as a snapshot has it. No database is needed. */
export function shapeOf(options: ModelOptions & { readonly driver: Driver }): SchemaShape {
  const model = buildModel(options);
  const { migrations } = options.driver.dialect;
  return deepFreeze(migrations.shape(inDependencyOrder(model)));
}

/**
 * Works out how a schema becomes the model's, and how it becomes again what it was.
 *
 * @example
 * const plan = await planMigration({ driver, entities, snapshot: readSnapshot("migrations"), renames: ["Note.title=Note.heading"] });
 * @returns null when nothing differs
 * @throws ModelError when the entities contradict each other
 * @throws MigrationError when it takes a decision that nobody made, and for what no step can change
 */
export async function planMigration(options: PlanOptions): Promise<MigrationPlan | null> {
  const to = shapeOf(options);
  const { migrations } = options.driver.dialect;
  const from = options.snapshot ?? { dialect: to.dialect, tables: [], roles: [] };
  if (from.dialect !== to.dialect) throw otherDialect("The snapshot", from.dialect, to.dialect);
  const change = await matchShapes(from, to, options);
  const up = migrations.steps(change);
  if (up.length === 0 && sameText(from, to)) return null;
  return deepFreeze({ dialect: to.dialect, up, down: undo(migrations, change), snapshot: to });
}

/**
 * Looks at a database whose tables somebody else has made: the first migration of a team that comes with one. What it makes are the
 * tables of the entities as they are found, so that the next plan leads from there to the model.
 *
 * @throws MigrationError when the database has none of the tables
 * @throws ConnectionError when it cannot be opened
 */
export async function planFound(options: ModelOptions & { readonly driver: Driver }): Promise<MigrationPlan> {
  const wanted = shapeOf(options);
  const { dialect } = options.driver;
  const pool = await options.driver.open();
  try {
    const { pooled } = new Transactions(pool, dialect);
    const found = await dialect.migrations.found(wanted, askOn(pooled, dialect, "schema"));
    if (found.tables.length === 0) throw nothingFound(wanted.tables.map(({ table }) => table));
    const change: SchemaChange = { from: { ...wanted, tables: [], roles: [] }, to: found, tables: [], added: found.tables, removed: [] };
    return deepFreeze({ dialect: found.dialect, up: dialect.migrations.steps(change), down: undo(dialect.migrations, change), snapshot: found });
  } finally {
    await pool.close();
  }
}

function undo(migrations: MigrationDialect, change: SchemaChange): readonly SqlStep[] {
  return migrations.steps(inverse(change));
}

function sameText(one: SchemaShape, other: SchemaShape): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
