import { UnauthorizedException, type ArgumentsHost, type ContextType, type ExecutionContext } from "@nestjs/common";
import { notAUserContext, signInFirst } from "../errors/nestjs-errors";
import { UserContext } from "../scope/user-context";
import type { ContextPolicy } from "./context-policy";
import type { ContextOf } from "./options";

/** Which context was made for which request; both are gone together. */
const contexts = new WeakMap<object, UserContext>();

/**
 * The context that was made for a request, for what runs outside of its handler: guards after a {@link UserContextGuard}, and
 * exception filters.
 *
 * @example
 * canActivate(execution: ExecutionContext) { return contextOfRequest(execution)?.key === this.owner; }
 * @returns null where none was made, or none yet
 */
export function contextOfRequest(host: ArgumentsHost): UserContext | null {
  const request = requestOf(host);
  return request === null ? null : contexts.get(request) ?? null;
}

/**
 * Asks once for a request's context and keeps it.
 *
 * @throws UnauthorizedException where a context is required and there is none
 * @throws ContextRequiredError when `contextOf` answers with something else
 */
export async function makeContext(execution: ExecutionContext, policy: ContextPolicy, contextOf: ContextOf): Promise<UserContext | null> {
  const known = contextOfRequest(execution);
  if (known !== null) return known;
  const made: unknown = await contextOf(execution);
  if (made === null || made === undefined) {
    if (policy === "required") throw new UnauthorizedException(signInFirst);
    return null;
  }
  if (!UserContext.is(made)) throw notAUserContext(made);
  const request = requestOf(execution);
  if (request !== null) contexts.set(request, made);
  return made;
}

/** The object that stands for one request and for no other. Over WebSockets that is the message, if it is an object: the client sends many. */
function requestOf(host: ArgumentsHost): object | null {
  const found: unknown = requestByType(host);
  return typeof found === "object" && found !== null ? found : null;
}

function requestByType(host: ArgumentsHost): unknown {
  switch (host.getType<ContextType | "graphql">()) {
    case "http": return host.switchToHttp().getRequest();
    case "rpc": return host.switchToRpc().getContext();
    case "ws": return host.switchToWs().getData();
    // Resolvers get (root, args, context, info); the context is one operation's.
    case "graphql": return host.getArgByIndex(2);
    default: return null;
  }
}
