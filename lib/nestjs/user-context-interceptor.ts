import type { CallHandler, ExecutionContext, NestInterceptor } from "@nestjs/common";
import { Observable } from "rxjs";
import { runWithContext, runWithoutContext } from "../scope/ambient-context";
import type { UserContext } from "../scope/user-context";
import { policyOf } from "./context-policy";
import { keepContext } from "./keep-context";
import type { ContextOf } from "./options";
import { contextOfRequest, makeContext } from "./request-context";

/**
 * Runs each handler, with the interceptors and pipes after this one, in the context of its request. It comes after every guard,
 * so that whichever of them finds out who the user is has done so.
 */
export class UserContextInterceptor implements NestInterceptor {
  readonly #contextOf: ContextOf | undefined;

  constructor(contextOf?: ContextOf) {
    this.#contextOf = contextOf;
  }

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const policy = policyOf(execution);
    if (policy === "none") return within(null, next);
    if (this.#contextOf !== undefined) return within(await makeContext(execution, policy, this.#contextOf), next);
    const known = contextOfRequest(execution);
    // Without a contextOf and without a guard the application makes its contexts by other means, such as a middleware.
    return known === null ? next.handle() : within(known, next);
  }
}

/** Calls the handler in a context, and subscribes to what it gives in the same. */
function within(context: UserContext | null, next: CallHandler): Observable<unknown> {
  const run = <T>(work: () => T): T => context === null ? runWithoutContext(work) : runWithContext(context, work);
  return new Observable((subscriber) => run(() => next.handle().pipe(keepContext()).subscribe(subscriber)));
}
