/**
 * Whether a value is an object literal, or one without a prototype; objects of other realms count too, and those whose prototype is empty:
 * Fastify reads queries and parameters of a path into such.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || (Object.getPrototypeOf(prototype) === null && (Object.hasOwn(prototype, "hasOwnProperty") || Reflect.ownKeys(prototype).length === 0));
}
