/** A dictionary without a prototype, so that `__proto__` and `constructor` are names like any other. */
export type Dictionary<T> = Readonly<Record<string, T | undefined>>;

/** Builds a frozen {@link Dictionary} from entries; a later entry of the same name wins. */
export function dictionary<T>(entries: Iterable<readonly [string, T]>): Dictionary<T> {
  const result = Object.create(null) as Record<string, T | undefined>;
  for (const [name, value] of entries) result[name] = value;
  return Object.freeze(result);
}

/** Freezes plain objects and arrays all the way down; functions, classes' instances and buffers are left alone. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (!Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
  }
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) deepFreeze((value as Record<PropertyKey, unknown>)[key]);
  return value;
}
