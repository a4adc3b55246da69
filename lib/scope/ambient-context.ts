import { AsyncLocalStorage } from "node:async_hooks";
import { noAmbientContext, notAWork } from "../errors/context-errors";
import { requireContext, type Context } from "./access";

const running = new AsyncLocalStorage<Context | undefined>();

/**
 * Runs a function in the name of a context: deep inside it, `repository.inContext()` finds the context by itself. It follows
 * the function through promises, timers and callbacks (Node's AsyncLocalStorage); a call within another one replaces the
 * context until it ends. Where a context can be handed on as an argument, that is the clearer way.
 *
 * @example
 * app.use((request, response, next) => runWithContext(UserContext.forKey(User, request.userId), next));
 * // deep inside the request
 * const mine = await db.repository(Document).inContext().find();
 * @returns what the function returns
 * @throws ContextRequiredError for anything but a real context, before the function is called
 */
export function runWithContext<T>(context: Context, work: () => T): T {
  const checked = requireContext(context);
  if (typeof work !== "function") throw notAWork(work);
  return running.run(checked, work);
}

/** The context of the running {@link runWithContext}. @throws ContextRequiredError outside of one */
export function ambientContext(entity: string): Context {
  const context = running.getStore();
  if (context === undefined) throw noAmbientContext(entity);
  return context;
}

/** The context of the running {@link runWithContext}, if there is one. */
export function currentContext(): Context | undefined {
  return running.getStore();
}

/** Runs a function in nobody's name, wherever it is called from. */
export function runWithoutContext<T>(work: () => T): T {
  return running.run(undefined, work);
}
