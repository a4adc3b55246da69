/** A promise and the functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | Promise<T>) => void;
  readonly reject: (error: unknown) => void;
}

/** What `Promise.withResolvers` makes, which Node.js 20 does not have. */
export function deferred<T>(): Deferred<T> {
  const promise = new Promise<T>(capture as (resolve: (value: T | Promise<T>) => void, reject: (error: unknown) => void) => void);
  return { promise, resolve: lastResolve, reject: lastReject };
}

let lastResolve: (value: unknown) => void;
let lastReject: (error: unknown) => void;

/** `new Promise` calls this before it returns. One function for all promises stays compiled, where one for each would not. */
function capture(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  lastResolve = resolve;
  lastReject = reject;
}

/** A promise that rejects; `Promise.reject` wants an Error, which what was caught need not be. */
export async function rejected(error: unknown): Promise<never> {
  throw error;
}
