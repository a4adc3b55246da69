/** Whether a function is a class, which cannot be called: given where a function that returns a class is wanted. */
export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}
