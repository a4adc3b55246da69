import {
  Controller, ForbiddenException, Get, HttpCode, Inject, Injectable, Module, Param, Post, Scope, Sse, UseGuards, UseInterceptors,
  type CallHandler, type CanActivate, type ExecutionContext, type MessageEvent, type MiddlewareConsumer, type NestInterceptor, type NestModule,
  type PipeTransform,
} from "@nestjs/common";
import { APP_FILTER, APP_GUARD } from "@nestjs/core";
import { runWithContext, User, UserContext, type Database, type OwnedRepository } from "freehold";
import {
  contextOfRequest, CurrentContext, FreeholdExceptionFilter, FreeholdModule, InjectDatabase, InjectRepository, keepContext, OptionalContext, RequireContext,
  UserContextGuard, WithoutContext,
} from "freehold/nestjs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { concatMap, filter, finalize, firstValueFrom, map, mergeMap, Observable, Subject, take, timer } from "rxjs";
import { memory, Note, thrown, twoUsers } from "./world";

/** What a request's path through the application saw, in order. */
export const seen: string[] = [];
const places = new Subject<string>();
places.subscribe((place) => seen.push(place));
/** The next place that begins so. */
export function next(beginning: string): Promise<string> {
  return firstValueFrom(places.pipe(filter((place) => place.startsWith(beginning))));
}

/** How often a context was asked for. */
export const asked = { times: 0 };
/** Holds background work back until the spec lets it go on. */
export const gate = { open: (): void => undefined, passed: Promise.resolve() };
/** Fed by one request and read by others, as a bus of events is. */
export const bus = new Subject<string>();
export const people: { ada?: UserContext; eve?: UserContext } = {};

/** The header says who it is; a word of its own for each way in which an answer can be wrong. */
export async function whoIs(execution: ExecutionContext): Promise<UserContext | null> {
  asked.times += 1;
  await turn();
  // Resolvers of GraphQL get (root, args, context, info).
  const { headers } = execution.getType<string>() === "graphql"
    ? execution.getArgByIndex<Pick<IncomingMessage, "headers">>(2) : execution.switchToHttp().getRequest<IncomingMessage>();
  const name = headers["x-user"];
  if (name === "banned") throw new ForbiddenException("banned");
  if (name === "forged") return { key: 1, owner: User } as never;
  return name === "ada" || name === "eve" ? people[name] ?? null : null;
}

@Injectable()
export class Titles {
  constructor(@InjectRepository(Note) private readonly notes: OwnedRepository<Note>) {}

  /** Whose notes inContext() finds here and now. */
  async own(): Promise<string> {
    await turn();
    return (await this.notes.inContext().find()).map(({ title }) => title).join();
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  constructor(@Inject(Titles) private readonly titles: Titles) {}

  own(): Promise<string> {
    return this.titles.own();
  }
}

@Injectable()
class PipeThatReads implements PipeTransform {
  constructor(private readonly titles: Titles) {}

  async transform(value: string): Promise<string> {
    return `${value} for ${await this.titles.own()}`;
  }
}

@Injectable()
class InterceptorThatReads implements NestInterceptor {
  constructor(private readonly titles: Titles) {}

  async intercept(_execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    seen.push(`interceptor: ${await this.titles.own()}`);
    return next.handle().pipe(mergeMap(async (value: unknown) => { seen.push(`after it: ${await this.titles.own()}`); return value; }));
  }
}

/** A guard after the one that made the context. */
@Injectable()
class GuardThatLooks implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    seen.push(`guard: ${String(contextOfRequest(execution)?.key ?? null)}`);
    return true;
  }
}

@Controller()
export class Routes {
  constructor(@Inject(Titles) private readonly titles: Titles, private readonly perRequest: PerRequest) {}

  @Get("own")
  async own(@CurrentContext() ctx: UserContext): Promise<unknown> {
    seen.push("handler");
    return { titles: await this.titles.own(), key: ctx.key };
  }

  @Get("way/:word")
  @UseGuards(GuardThatLooks)
  @UseInterceptors(InterceptorThatReads)
  async way(@Param("word", PipeThatReads) word: string): Promise<string> {
    seen.push(`handler: ${await this.titles.own()}`);
    return word;
  }

  @Get("per-request")
  inPerRequest(): Promise<string> {
    return this.perRequest.own();
  }

  @Get("observable")
  observable(): Observable<string> {
    return timer(0).pipe(mergeMap(() => this.titles.own()));
  }

  @Get("fail")
  async fail(): Promise<never> {
    throw new Error(`failed in the name of ${await this.titles.own()}`);
  }

  @Post("background")
  @HttpCode(202)
  background(): string {
    void gate.passed.then(async () => { places.next(`background: ${await this.titles.own()}`); });
    return "accepted";
  }

  @Post("say")
  say(): string {
    bus.next("word");
    return "said";
  }

  /** As one should not: what the feeder's call runs is the feeder's. */
  @Sse("careless")
  careless(): Observable<MessageEvent> {
    return this.#listening(bus.pipe(take(1), concatMap(() => this.titles.own())));
  }

  @Sse("careful")
  careful(): Observable<MessageEvent> {
    return this.#listening(bus.pipe(take(1), keepContext(), concatMap(() => this.titles.own())));
  }

  @Sse("left")
  left(): Observable<MessageEvent> {
    return this.#listening(bus.pipe(finalize(() => { void this.titles.own().then((own) => places.next(`left: ${own}`)); })));
  }

  /** Says when it is subscribed to, so that nothing is fed too early. */
  #listening(source: Observable<string>): Observable<MessageEvent> {
    return new Observable<string>((subscriber) => {
      const subscription = source.subscribe(subscriber);
      subscriber.next("listening");
      return subscription;
    }).pipe(map((data) => ({ data })));
  }
}

@WithoutContext()
@Controller("open")
export class OpenRoutes {
  constructor(private readonly titles: Titles) {}

  @Get()
  open(): string {
    return "open";
  }

  @Get("reaches")
  reaches(): Promise<string> {
    return this.titles.own();
  }

  @Get("asks")
  asks(@CurrentContext() ctx: UserContext): unknown {
    return ctx.key;
  }

  @RequireContext()
  @Get("closed")
  closed(): Promise<string> {
    return this.titles.own();
  }

  @OptionalContext()
  @Get("either")
  async either(@CurrentContext({ optional: true }) ctx: UserContext | null): Promise<unknown> {
    return ctx === null ? { key: null, own: await thrown(() => this.titles.own()) } : { key: ctx.key, own: await this.titles.own() };
  }

  @OptionalContext()
  @Get("needs")
  needs(@CurrentContext() ctx: UserContext): unknown {
    return ctx.key;
  }
}

const features = {
  imports: [FreeholdModule.forFeature([Note])],
  controllers: [Routes, OpenRoutes],
  providers: [Titles, PerRequest, PipeThatReads, InterceptorThatReads, { provide: APP_FILTER, useClass: FreeholdExceptionFilter }],
};

@Injectable()
class HeaderGuard extends UserContextGuard {
  contextOf(execution: ExecutionContext): Promise<UserContext | null> {
    return whoIs(execution);
  }
}

const opened = { entities: [User, Note], onOpen: async (db: Database): Promise<void> => { Object.assign(people, await twoUsers(db)); } };

/** The application's contexts come from `contextOf`. */
@Module({ ...features, imports: [...features.imports, FreeholdModule.forRoot({ ...opened, driver: memory(), contextOf: whoIs })] })
export class WithContextOf {}

/** They come from a guard. */
@Module({
  ...features,
  imports: [...features.imports, FreeholdModule.forRoot({ ...opened, driver: memory() })],
  providers: [...features.providers, { provide: APP_GUARD, useClass: HeaderGuard }],
})
export class WithGuard {}

/** Everything before the handlers runs in Eve's name, as if something had left her context behind. */
@Module({ ...features, imports: [...features.imports, FreeholdModule.forRoot({ ...opened, driver: memory(), contextOf: whoIs })] })
export class LeftBehind implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(asEve).forRoutes("*all");
  }
}

/** An application that makes its contexts by a middleware alone. */
@Module({ ...features, imports: [...features.imports, FreeholdModule.forRoot({ ...opened, driver: memory() })] })
export class WithMiddleware implements NestModule {
  constructor(@InjectDatabase() readonly db: Database) {}

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(asEve).forRoutes("*all");
  }
}

function asEve(_request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  if (people.eve === undefined) throw new Error("nobody there yet");
  runWithContext(people.eve, next);
}
