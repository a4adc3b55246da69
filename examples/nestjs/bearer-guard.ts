import { Inject, Injectable, type ExecutionContext } from "@nestjs/common";
import { User, UserContext } from "freehold";
import { UserContextGuard } from "freehold/nestjs";
import type { IncomingMessage } from "node:http";
import { Tokens } from "./tokens";

/** `Authorization: Bearer …` says in whose name a request is made. It is the only place of the application where a context is made. */
@Injectable()
export class BearerGuard extends UserContextGuard {
  constructor(@Inject(Tokens) private readonly tokens: Tokens) {
    super();
  }

  contextOf(execution: ExecutionContext): UserContext | null {
    const { headers } = execution.switchToHttp().getRequest<IncomingMessage>();
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
    const userId = token === undefined ? null : this.tokens.read(token);
    return userId === null ? null : UserContext.forKey(User, userId);
  }
}
