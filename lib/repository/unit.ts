import type { Hydrator } from "../hydrate/hydrator";
import type { EntityModel } from "../model/entity-model";
import type { Engine } from "./engine";
import { InsertPlans } from "./insert-plan";

/** Everything that the operations on one entity of one database need; shared by all its repositories. */
export class EntityUnit<E extends object> {
  readonly engine: Engine;
  readonly model: EntityModel;
  /** What a read without `select` gives. */
  readonly whole: Hydrator<E>;
  readonly inserts: InsertPlans;

  constructor(engine: Engine, model: EntityModel, inserts = new InsertPlans(model, engine.dialect)) {
    this.engine = engine;
    this.model = model;
    this.whole = engine.hydrators.whole<E>(model);
    this.inserts = inserts;
  }

  /** The same unit on another engine of the same database, such as one bound to a transaction. */
  on(engine: Engine): EntityUnit<E> {
    return new EntityUnit<E>(engine, this.model, this.inserts);
  }
}
