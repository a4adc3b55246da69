import type { MetadataStorage, ValidationTypes } from "class-validator";
import { classValidator } from "./class-validator";

/** One decorator on one property. */
type Mark = ReturnType<MetadataStorage["getTargetValidationMetadatas"]>[number];
/** The validator class behind a decorator. */
type Validator = ReturnType<MetadataStorage["getTargetValidatorConstraints"]>[number];
type Condition = (object: object, value: unknown) => unknown;
/** Whether class-validator would find nothing wrong; false also where that cannot be told. */
type Rule = (object: object, value: unknown) => boolean;

/** Whose faults count: those of the properties that the object holds, or of all. */
export type Judged = "given" | "all";

interface ClassCheck {
  readonly constrained: boolean;
  readonly accepts: (object: object, judged: Judged) => boolean;
}

const free: ClassCheck = { constrained: false, accepts: () => true };

/** Ends a check that cannot be decided here. */
class Undecided extends Error {}

/**
 * class-validator's constraints of each class, read once and made into a quick way to "nothing is wrong". It asks the very validators
 * that class-validator would ask, in its order and with its arguments (0.15.1, `ValidationExecutor`), and keeps no record of what they
 * say. At the first doubt (a fault, a promise, an exception, a kind of metadata that it does not know) class-validator itself has to judge.
 */
export class ConstraintCheck {
  readonly #classes = new WeakMap<object, ClassCheck>();

  /** Whether a class has constraints at all. */
  constrains(type: object): boolean {
    return this.#of(type).constrained;
  }

  /**
   * true: class-validator would find no fault; false: it has to be asked.
   */
  accepts(object: object, judged: Judged = "all"): boolean {
    try {
      return this.#of(object.constructor).accepts(object, judged);
    } catch {
      // Whatever was thrown is thrown again by class-validator, where its callers expect it.
      return false;
    }
  }

  #of(type: object): ClassCheck {
    let check = this.#classes.get(type);
    if (check === undefined) this.#classes.set(type, check = this.#compile(type));
    return check;
  }

  #compile(type: object): ClassCheck {
    const library = classValidator();
    if (library === null) return free;
    const storage = library.getMetadataStorage();
    const kinds = library.ValidationTypes;
    const marks = storage.getTargetValidationMetadatas(type as () => void, "", false, false);
    if (marks.length === 0) return free;
    const known = new Set<string>([
      kinds.CUSTOM_VALIDATION, kinds.IS_DEFINED, kinds.CONDITIONAL_VALIDATION, kinds.NESTED_VALIDATION, kinds.PROMISE_VALIDATION, kinds.WHITELIST,
    ]);
    if (!marks.every((mark) => known.has(mark.type))) return { constrained: true, accepts: () => false };
    let decidable = true;
    const settled = (result: unknown): boolean => {
      if (!isPromise(result)) return Boolean(result);
      // What it says comes too late here; from now on class-validator alone asks this class's validators.
      decidable = false;
      result.then(undefined, () => undefined);
      throw new Undecided();
    };
    const { name: targetName } = type as { readonly name: string };
    const properties = Object.entries(storage.groupByPropertyName(marks))
      .map(([name, own]) => [name, this.#property(own, targetName, storage, kinds, settled)] as const);
    return {
      constrained: true,
      accepts: (object, judged) => {
        if (!decidable) return false;
        for (const [name, rule] of properties) {
          const counts = judged === "all" || Object.hasOwn(object, name);
          if (counts && !rule(object, (object as Readonly<Record<string, unknown>>)[name])) return false;
        }
        return true;
      },
    };
  }

  #property(marks: readonly Mark[], targetName: string, storage: MetadataStorage, kinds: typeof ValidationTypes, settled: (result: unknown) => boolean): Rule {
    const of = (kind: string): readonly Mark[] => marks.filter((mark) => mark.type === kind);
    const conditions = of(kinds.CONDITIONAL_VALIDATION).map((mark) => mark.constraints[0] as Condition);
    const rules = [...of(kinds.IS_DEFINED), ...of(kinds.CUSTOM_VALIDATION)].flatMap((mark) => markRules(mark, targetName, storage, settled));
    const nested = of(kinds.NESTED_VALIDATION).length > 0;
    const promised = of(kinds.PROMISE_VALIDATION).length > 0;
    return (object, value) => {
      if (promised && value instanceof Promise) throw new Undecided();
      let asked = true;
      for (const condition of conditions) if (!condition(object, value)) asked = false;
      if (!asked) return true;
      for (const rule of rules) if (!rule(object, value)) return false;
      return !nested || this.#acceptsNested(value);
    };
  }

  /** What `@ValidateNested()` says of a value: lists, however deep, hold objects or `undefined`. */
  #acceptsNested(value: unknown): boolean {
    if (value === undefined) return true;
    if (Array.isArray(value)) return value.every((item) => this.#acceptsNested(item));
    if (value instanceof Set) return Array.from(value).every((item) => this.#acceptsNested(item));
    // class-validator makes text of a map's keys, which not every key allows.
    if (value instanceof Map) throw new Undecided();
    return value instanceof Object && this.#of(value.constructor).accepts(value, "all");
  }
}

/** The validators behind one decorator. */
function markRules(mark: Mark, targetName: string, storage: MetadataStorage, settled: (result: unknown) => boolean): readonly Rule[] {
  const { propertyName: property, constraints, each, validateIf } = mark;
  return storage.getTargetValidatorConstraints(mark.constraintCls).map((constraint): Rule => {
    if (constraint.async) return () => { throw new Undecided(); };
    const kept = isWrapper(constraint) ? constraint.instance : null;
    const one = (item: unknown, object: object, value: unknown): boolean =>
      settled((kept ?? constraint.instance).validate(item, { targetName, property, object, value, constraints }));
    const all = (object: object, value: unknown): boolean => {
      const items: readonly unknown[] = Array.isArray(value) ? value : value instanceof Set || value instanceof Map ? Array.from(value.values()) : [value];
      return items.every((item) => one(item, object, value));
    };
    return (object, value) => {
      if (validateIf !== undefined && !validateIf(object, value)) return true;
      return each ? all(object, value) : one(value, object, value);
    };
  });
}

/**
 * Whether one instance is as good as another: class-validator makes an empty class around each validator that is a plain object, as all
 * of its own are. Others come from the application's container, which may have a new one each time.
 */
function isWrapper({ target, instance }: Validator): boolean {
  return target.name === "CustomConstraint" && Object.getPrototypeOf(instance) === target.prototype && Reflect.ownKeys(instance).length === 0;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function";
}
