import { AsyncLocalStorage } from "node:async_hooks";
import { Observable, takeWhile, type MonoTypeOperatorFunction } from "rxjs";

/**
 * An RxJS operator after which everything runs in the context in which the stream was subscribed to. A Subject calls its subscribers
 * in the context of whoever feeds it: without this, `inContext()` in an event stream would answer in another user's name.
 *
 * @example
 * @Sse("events") events() {
 *   return this.changes.pipe(keepContext(), concatMap(() => this.notes.inContext().count()), map((data) => ({ data })));
 * }
 */
export function keepContext<T>(): MonoTypeOperatorFunction<T> {
  return (source) => new Observable<T>((subscriber) => {
    const inside = AsyncLocalStorage.snapshot() as <R>(work: () => R) => R;
    // An endless source that gives everything at once stops when nobody listens any more.
    const subscription = source.pipe(takeWhile(() => !subscriber.closed)).subscribe({
      next: (value) => inside(() => subscriber.next(value)),
      error: (error: unknown) => inside(() => subscriber.error(error)),
      complete: () => inside(() => subscriber.complete()),
    });
    return () => inside(() => subscription.unsubscribe());
  });
}
