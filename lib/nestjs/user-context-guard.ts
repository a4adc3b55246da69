import type { CanActivate, ExecutionContext } from "@nestjs/common";
import type { UserContext } from "../scope/user-context";
import { policyOf } from "./context-policy";
import { makeContext } from "./request-context";

/**
 * A guard that says in whose name a request is made: with none it is refused before anything else looks at it, and guards after this
 * one find the context with `contextOfRequest`. `FreeholdModule` runs the handler in it.
 *
 * @example
 * @Injectable()
 * class BearerGuard extends UserContextGuard {
 *   constructor(private readonly tokens: Tokens) { super(); }
 *   async contextOf(execution: ExecutionContext) {
 *     const id = await this.tokens.userOf(execution.switchToHttp().getRequest<Request>().headers.authorization);
 *     return id === null ? null : UserContext.forKey(User, id);
 *   }
 * }
 */
export abstract class UserContextGuard implements CanActivate {
  /** The context of a request, or null where it names no user. */
  abstract contextOf(execution: ExecutionContext): UserContext | null | Promise<UserContext | null>;

  /** @throws UnauthorizedException (401) where the handler needs a context and there is none */
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const policy = policyOf(execution);
    if (policy !== "none") await makeContext(execution, policy, (asked) => this.contextOf(asked));
    return true;
  }
}
