import { compileHydrator, type Hydrator } from "../hydrate/hydrator";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { ConstraintChecker } from "./constraints";
import type { Engine } from "./engine";
import { positions } from "./keys";

/** Everything that the operations on one entity of one database need; shared by all its repositories. */
export class EntityUnit<E extends object> {
  readonly engine: Engine;
  readonly model: EntityModel;
  readonly constraints: ConstraintChecker;
  /** What a read without `select` gives. */
  readonly whole: Hydrator<E>;
  readonly #selections: Map<string, Hydrator<E>>;

  private constructor(engine: Engine, model: EntityModel, constraints: ConstraintChecker, sibling: EntityUnit<E> | null) {
    this.engine = engine;
    this.model = model;
    this.constraints = constraints;
    this.whole = sibling?.whole
      ?? compileHydrator<E>(model, model.columns.filter((property) => property.select), engine.dialect);
    this.#selections = sibling === null ? new Map<string, Hydrator<E>>() : sibling.#selections;
  }

  static of<E extends object>(engine: Engine, model: EntityModel, constraints: ConstraintChecker): EntityUnit<E> {
    return new EntityUnit<E>(engine, model, constraints, null);
  }

  /** The same unit on another engine of the same database, such as one bound to a transaction. */
  on(engine: Engine): EntityUnit<E> {
    return new EntityUnit<E>(engine, this.model, this.constraints, this);
  }

  /** The hydrator of a selection, compiled at its first use. */
  hydrator(columns: readonly PropertyModel[]): Hydrator<E> {
    const key = positions(columns);
    const found = this.#selections.get(key) ?? compileHydrator<E>(this.model, columns, this.engine.dialect);
    this.#selections.set(key, found);
    return found;
  }
}
