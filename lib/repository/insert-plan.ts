import { Undecodable, type Decoder, type Dialect } from "../dialect/dialect";
import { undecodable } from "../errors/constraint-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { TableSource } from "../sql/table-source";
import { places } from "./shapes";

/** What an insert writes and gets back, for all rows that leave the same columns to the database. */
export interface InsertPlan {
  /** The columns to write: all but the owner (the source writes it) and what the database makes. */
  readonly columns: readonly PropertyModel[];
  /** What the database makes; what it counts comes first. */
  readonly returning: readonly PropertyModel[];
  /** Reads what comes back, in the order of `returning`. */
  readonly readers: readonly Decoder[];
  /** Whether the database counts: the ids that come back then grow in the order of the rows. */
  readonly counted: boolean;
  /** Both lists as a part of the statement's shape. */
  readonly written: string;
  readonly returned: string;
}

/** Plans of one entity, made once for each set of columns that is left to the database. */
export class InsertPlans {
  readonly #model: EntityModel;
  readonly #dialect: Dialect;
  readonly #left: readonly PropertyModel[];
  readonly #plans = new Map<string, InsertPlan>();

  constructor(model: EntityModel, dialect: Dialect) {
    this.#model = model;
    this.#dialect = dialect;
    this.#left = model.columns.filter(isLeftToDatabase);
  }

  /**
   * The same plan for all rows that can share a statement.
   *
   * @param values of a row, by column position
   */
  of({ access }: TableSource, values: readonly unknown[]): InsertPlan {
    let key: string = access.kind;
    for (const { position } of this.#left) key += values[position] === undefined ? "1" : "0";
    let plan = this.#plans.get(key);
    if (plan === undefined) this.#plans.set(key, plan = this.#plan(access.kind === "user" ? access.owner : null, values));
    return plan;
  }

  #plan(owner: PropertyModel | null, values: readonly unknown[]): InsertPlan {
    const open = this.#left.filter((property) => values[property.position] === undefined);
    const returning = [...open.filter(isCounted), ...open.filter((property) => !isCounted(property))];
    const columns = this.#model.columns.filter((property) => property !== owner && !open.includes(property));
    return {
      columns, returning, written: places(columns), returned: places(returning),
      counted: returning.some(isCounted),
      readers: returning.map((property) => readerOf(this.#model.name, property, this.#dialect.decoder(property))),
    };
  }
}

/** Whether the database makes a value where an insert has none: it counts, or has a default of its own. */
export function isLeftToDatabase(property: PropertyModel): boolean {
  return isCounted(property) || property.default?.kind === "database";
}

function isCounted(property: PropertyModel): boolean {
  return property.generated === "identity";
}

function readerOf(entity: string, property: PropertyModel, decode: Decoder): Decoder {
  return (raw) => {
    try {
      return decode(raw);
    } catch (error) {
      throw error instanceof Undecodable ? undecodable(entity, property.name, "(new)", error.message) : error;
    }
  };
}
