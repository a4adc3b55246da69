import type { ValidationError as ConstraintFailure } from "class-validator";
import type { ValidationFault } from "../errors/classes";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import { thawed } from "../util/thawed";
import { classValidator } from "./class-validator";
import { ConstraintCheck, type Judged } from "./constraint-check";

/** The beginning of its properties' names, and the object. */
type Objected = readonly [prefix: string, object: object];

const none: readonly ValidationFault[] = Object.freeze([]);

/**
 * Asks class-validator about entities and their JSON values: what its own validators accept at once costs little, classes without
 * constraints nothing.
 */
export class ConstraintChecker {
  readonly #quick = new ConstraintCheck();
  readonly #needed = new Map<EntityModel, boolean>();

  /**
   * What is wrong with a candidate: an object of the entity's class that holds the values to be written. No promise where nothing is.
   *
   * @param judged whose faults will count; those of others may or may not be among what is told
   */
  check(
    model: EntityModel, candidate: object, signal?: AbortSignal, judged: Judged = "all",
  ): readonly ValidationFault[] | Promise<readonly ValidationFault[]> {
    const objected = this.#objected(model, candidate, judged);
    if (objected.length > 0) return ask(objected, signal);
    signal?.throwIfAborted();
    return none;
  }

  /** What class-validator has to judge itself, each with the path that leads to it. */
  #objected(model: EntityModel, candidate: object, judged: Judged): readonly Objected[] {
    const objected: Objected[] = this.#quick.accepts(candidate, judged) ? [] : [["", candidate]];
    for (const property of thawed(model.columns)) {
      if (!holdsClass(property)) continue;
      const value = (candidate as Record<string, unknown>)[property.name];
      for (const [path, item] of instances(property, value)) if (!this.#quick.accepts(item)) objected.push([`${path}.`, item]);
    }
    return objected;
  }

  /** Whether checking an entity of this model can find anything at all. */
  needed(model: EntityModel): boolean {
    let needed = this.#needed.get(model);
    if (needed === undefined) this.#needed.set(model, needed = this.#isNeeded(model));
    return needed;
  }

  #isNeeded(model: EntityModel): boolean {
    const classes = model.family === null ? [model.target] : model.family.kinds.map((kind) => kind.target);
    return classes.some((type) => this.#quick.constrains(type)) || model.columns.some(holdsClass);
  }
}

function holdsClass(property: PropertyModel): boolean {
  return property.json !== null && property.json.type !== null;
}

/** What is of the property's class, whatever else stands there: that is a fault already. */
function instances({ name, json }: PropertyModel, value: unknown): readonly (readonly [string, object])[] {
  const type = json?.type ?? null;
  const items = Array.isArray(value) ? value.map((item: unknown, index) => [`${name}[${index}]`, item] as const) : [[name, value] as const];
  return items.filter((entry): entry is readonly [string, object] => type !== null && entry[1] instanceof type);
}

async function ask(objected: readonly Objected[], signal: AbortSignal | undefined): Promise<readonly ValidationFault[]> {
  const faults: ValidationFault[] = [];
  for (const [prefix, object] of objected) faults.push(...await checkObject(object, prefix));
  signal?.throwIfAborted();
  // @ValidateNested() on a JSON property finds its faults a second time.
  return [...new Map(faults.map((fault) => [`${fault.property} ${fault.constraint}`, fault])).values()];
}

async function checkObject(value: object, prefix: string): Promise<readonly ValidationFault[]> {
  const failures = await classValidator()?.validate(value, { forbidUnknownValues: false, validationError: { target: false, value: false } });
  return (failures ?? []).flatMap((failure) => flatten(failure, prefix));
}

function flatten(failure: ConstraintFailure, prefix: string): readonly ValidationFault[] {
  const property = `${prefix}${failure.property}`;
  const own = Object.entries(failure.constraints ?? {}).map(([constraint, text]): ValidationFault => ({
    // class-validator begins its messages with the property's name; ours do so themselves.
    property, constraint, message: text.startsWith(`${failure.property} `) ? text.slice(failure.property.length + 1) : text,
  }));
  return [...own, ...(failure.children ?? []).flatMap((child) => flatten(child, `${property}.`))];
}
