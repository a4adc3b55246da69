import { Catch, HttpException, Inject, Logger, type ArgumentsHost, type ContextType, type ExceptionFilter } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { throwError, type Observable } from "rxjs";
import { FreeholdError } from "../errors/freehold-error";
import { problemOf, type Problem } from "./problem";

/**
 * Answers errors of Freehold as `application/problem+json`, with the status that `problemOf` gives; what is not the client's business
 * is logged and not told. WebSockets get it as the event `exception`, microservices as the error of the call.
 *
 * @example
 * providers: [{ provide: APP_FILTER, useClass: FreeholdExceptionFilter }]
 */
@Catch(FreeholdError)
export class FreeholdExceptionFilter implements ExceptionFilter<FreeholdError> {
  readonly #adapters: HttpAdapterHost;
  readonly #logger = new Logger("FreeholdExceptionFilter");

  constructor(@Inject(HttpAdapterHost) adapters: HttpAdapterHost) {
    this.#adapters = adapters;
  }

  /** What the client is told; a subclass may say it in its own words or with another status. */
  protected problemOf(error: FreeholdError): Problem {
    return problemOf(error);
  }

  catch(error: FreeholdError, host: ArgumentsHost): Observable<never> | undefined {
    const problem = this.problemOf(error);
    const words = `${error.name}: ${error.message}`;
    if (problem.status >= 500) this.#logger.error(words, error.stack);
    // A client's mistake as a rule; where it is the application's, nobody would see why.
    else this.#logger.debug(words);
    const told = { ...problem, message: problem.detail };
    switch (host.getType<ContextType | "graphql">()) {
      case "http":
        this.#answer(problem, host);
        return undefined;
      // What is thrown here would leave the client without an answer, and over WebSockets end the process.
      case "rpc": return throwError(() => told);
      case "ws":
        sendException(host.switchToWs().getClient<WebSocketClient>(), told);
        return undefined;
      default: throw new HttpException(told, problem.status);
    }
  }

  #answer(problem: Problem, host: ArgumentsHost): void {
    const { httpAdapter } = this.#adapters;
    const response: unknown = host.switchToHttp().getResponse();
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response);
      return;
    }
    httpAdapter.setHeader(response, "Content-Type", "application/problem+json");
    httpAdapter.reply(response, JSON.stringify(problem), problem.status);
  }
}

/** Of Socket.IO, whose `emit` sends; or of `ws`, whose `emit` only calls its own listeners. */
interface WebSocketClient {
  readonly readyState?: number;
  readonly send?: (message: string) => void;
  readonly emit?: (event: string, payload: object) => void;
}

/** The event with which NestJS tells clients of exceptions. */
function sendException(client: WebSocketClient, payload: object): void {
  if (typeof client.readyState === "number") client.send?.(JSON.stringify({ event: "exception", data: payload }));
  else client.emit?.("exception", payload);
}
