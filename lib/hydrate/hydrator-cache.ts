import type { Dialect } from "../dialect/dialect";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import { compileHydrator, type Hydrator } from "./hydrator";

/** Hydrators of one database, each compiled at its first use. */
export class HydratorCache {
  readonly #dialect: Dialect;
  readonly #whole = new Map<EntityModel, Hydrator<object>>();
  readonly #compiled = new Map<EntityModel, Map<string, Hydrator<object>>>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  of<E extends object>(model: EntityModel, columns: readonly PropertyModel[]): Hydrator<E> {
    let selections = this.#compiled.get(model);
    if (selections === undefined) this.#compiled.set(model, selections = new Map<string, Hydrator<object>>());
    const key = columns.map((property) => property.position).join(",");
    let hydrator = selections.get(key);
    if (hydrator === undefined) selections.set(key, hydrator = compileHydrator<object>(model, columns, this.#dialect));
    return hydrator as Hydrator<E>;
  }

  /** What a read without `select` gives. */
  whole<E extends object>(model: EntityModel): Hydrator<E> {
    let hydrator = this.#whole.get(model);
    if (hydrator === undefined) this.#whole.set(model, hydrator = this.of<E>(model, model.columns.filter((property) => property.select)));
    return hydrator as Hydrator<E>;
  }
}
