import { createParamDecorator, UnauthorizedException, type ExecutionContext } from "@nestjs/common";
import { contextOptedOut, signInFirst } from "../errors/nestjs-errors";
import { currentContext } from "../scope/ambient-context";
import { UserContext } from "../scope/user-context";
import { policyOf } from "./context-policy";

/** What `@CurrentContext()` can be told. */
export interface CurrentContextOptions {
  /** Gives null where there is no context. Default: false, which refuses the request. */
  readonly optional?: boolean;
}

/**
 * Gives a handler the `UserContext` that it runs in.
 *
 * @example
 * @Get() list(@CurrentContext() ctx: UserContext) { return this.notes.find(ctx); }
 * @throws UnauthorizedException (401) where there is none and `optional` does not say so
 * @throws ContextRequiredError (500) in a handler under `@WithoutContext()`
 */
export const CurrentContext: (options?: CurrentContextOptions) => ParameterDecorator =
  createParamDecorator((options: CurrentContextOptions | undefined, execution: ExecutionContext) => {
    const context = currentContext();
    if (UserContext.is(context)) return context;
    if (options?.optional === true) return null;
    if (policyOf(execution) === "none") throw contextOptedOut(`${execution.getClass().name}.${execution.getHandler().name}`);
    throw new UnauthorizedException(signInFirst);
  });
