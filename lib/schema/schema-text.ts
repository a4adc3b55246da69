import type { Ddl, SchemaLayout } from "../dialect/dialect";
import { badSqlOptions } from "../errors/schema-errors";
import type { DatabaseModel } from "../model/entity-model";
import { dependencyOrder } from "./dependency-order";

/** What `schema.sql` takes. */
export interface SqlOptions {
  /** How the rows of owned entities are laid out (PostgreSQL alone); default: as the driver says. */
  readonly layout?: SchemaLayout | undefined;
}

/** The model with its tables in the order in which each finds those that it refers to. */
export function inDependencyOrder(model: DatabaseModel): DatabaseModel {
  return Object.freeze({ ...model, tables: Object.freeze(dependencyOrder(model.tables)) });
}

/**
 * The whole schema as DDL text; it takes no database.
 *
 * @throws ModelError when the entities do not fit the layout
 * @throws InvalidQueryError for a layout that the database does not have
 */
export function schemaText(model: DatabaseModel, ddl: Ddl, options?: SqlOptions): string {
  return `${ddl.objects(inDependencyOrder(model), layoutOf(options)).map((object) => object.sql).join(";\n\n")};\n`;
}

/** What the layout itself may be, the engine says. */
function layoutOf(options: unknown): SchemaLayout | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null || Object.keys(options).some((name) => name !== "layout")) throw badSqlOptions();
  return (options as SqlOptions).layout;
}
