import { OwnedRepository, runWithContext, type Context, type Database, type Repository } from "freehold";
import type { MethodsWithoutContext, None } from "../../lib/repository/scoped-methods";
import { Country, Document } from "./entities";

/** A repository of the future, whose author remembered the context. */
declare class Careful extends OwnedRepository<object> {
  archive(context: Context, where: object): Promise<number>;
  newest<T extends object>(context: Context, options?: T): Promise<T | null>;
}

/** And others, whose authors did not. */
declare class Forgetful extends OwnedRepository<object> {
  archive(where: object): Promise<number>;
}
declare class Lenient extends OwnedRepository<object> {
  archive(context?: Context): Promise<number>;
}
declare class Empty extends OwnedRepository<object> {
  truncate(): Promise<void>;
}
declare class Loose extends OwnedRepository<object> {
  archive(context: Context | object): Promise<number>;
}

export type CarefulCompiles = None<MethodsWithoutContext<Careful>>;
// @ts-expect-error `archive` takes no context
export type ForgetfulDoesNot = None<MethodsWithoutContext<Forgetful>>;
// @ts-expect-error the context may be left out
export type LenientDoesNot = None<MethodsWithoutContext<Lenient>>;
// @ts-expect-error `truncate` takes nothing at all
export type EmptyDoesNot = None<MethodsWithoutContext<Empty>>;
// @ts-expect-error anything passes for a context
export type LooseDoesNot = None<MethodsWithoutContext<Loose>>;

export async function insideARequest(db: Database, context: Context): Promise<number> {
  const bound: Repository<Document, "bound"> = runWithContext(context, () => db.repository(Document).inContext());
  await db.repository(Country).inContext().find();
  // @ts-expect-error the bound repository takes no context
  await bound.find(context);
  // @ts-expect-error a context is no owner
  runWithContext({ key: 1 }, () => 1);
  return runWithContext(context, async () => bound.count());
}
