import { SetMetadata, type CustomDecorator, type ExecutionContext } from "@nestjs/common";
import { Reflector } from "@nestjs/core";

/** Whether a handler needs a context. */
export type ContextPolicy = "required" | "optional" | "none";

const POLICY = "freehold:context";
const reflector = new Reflector();

/**
 * Lets a handler, or all of a controller, run in nobody's name: `contextOf` is not asked, and owned data stays out of reach.
 *
 * @example
 * @WithoutContext() @Post("sign-up") signUp(@Body() body: SignUp) { return this.accounts.open(body); }
 */
export function WithoutContext(): CustomDecorator {
  return SetMetadata(POLICY, "none" satisfies ContextPolicy);
}

/**
 * Lets a handler, or all of a controller, run in the user's name where the request has one, and in nobody's where it has none.
 *
 * @example
 * @OptionalContext() @Get() home(@CurrentContext({ optional: true }) ctx: UserContext | null) { return ctx === null ? "Hello" : this.notes.count(ctx); }
 */
export function OptionalContext(): CustomDecorator {
  return SetMetadata(POLICY, "optional" satisfies ContextPolicy);
}

/**
 * Says again that a context is needed, for one handler of a controller that says otherwise.
 *
 * @example
 * @RequireContext() @Delete() closeAccount(@CurrentContext() ctx: UserContext) { return this.accounts.close(ctx); }
 */
export function RequireContext(): CustomDecorator {
  return SetMetadata(POLICY, "required" satisfies ContextPolicy);
}

/** The handler's own word counts before its controller's. */
export function policyOf(execution: ExecutionContext): ContextPolicy {
  return reflector.getAllAndOverride<ContextPolicy | undefined>(POLICY, [execution.getHandler(), execution.getClass()]) ?? "required";
}
