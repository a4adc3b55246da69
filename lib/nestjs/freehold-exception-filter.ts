import { Catch, HttpException, Inject, Logger, type ArgumentsHost, type ExceptionFilter } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { FreeholdError } from "../errors/freehold-error";
import { problemOf, type Problem } from "./problem";

/**
 * Answers errors of Freehold as `application/problem+json`, with the status that `problemOf` gives; what is not the client's business
 * is logged and not told.
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

  catch(error: FreeholdError, host: ArgumentsHost): void {
    const problem = this.problemOf(error);
    if (problem.status >= 500) this.#logger.error(`${error.name}: ${error.message}`, error.stack);
    // Other transports answer in ways of their own, and know HttpException.
    if (host.getType() !== "http") throw new HttpException({ ...problem, message: problem.detail }, problem.status);
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
