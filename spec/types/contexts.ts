import { UserContext, all, type Context, type Database, type SystemContext } from "freehold";
import { Country, Document, Draft, Invoice, Memo, Note, User } from "./entities";

/** No method of an owned repository but `create` compiles without a context. */
export async function withoutContext(db: Database, document: Document): Promise<void> {
  const documents = db.repository(Document);
  // @ts-expect-error the context is missing
  await documents.find();
  // @ts-expect-error a condition stands in the context's place
  await documents.find({ title: "x" });
  // @ts-expect-error data stands in the context's place
  await documents.insert({ title: "x" });
  // @ts-expect-error the context is missing
  await documents.insertMany([{ title: "x" }]);
  // @ts-expect-error the context is missing
  await documents.save(document);
  // @ts-expect-error the context is missing
  await documents.saveMany([document]);
  // @ts-expect-error the context is missing
  await documents.findById(1);
  // @ts-expect-error the context is missing
  await documents.findByIdOrFail(1);
  // @ts-expect-error the context is missing
  await documents.findOne({ title: "x" });
  // @ts-expect-error the context is missing
  await documents.findOneOrFail({ title: "x" });
  // @ts-expect-error the context is missing
  await documents.count();
  // @ts-expect-error a condition stands in the context's place
  await documents.count({ title: "x" });
  // @ts-expect-error the context is missing
  await documents.exists({ title: "x" });
  // @ts-expect-error the context is missing
  await documents.update({ title: "x" }, { title: "y" });
  // @ts-expect-error the context is missing
  await documents.update(all, { title: "y" });
  // @ts-expect-error the context is missing
  await documents.delete({ title: "x" });
  // @ts-expect-error the context is missing
  await documents.delete(all);
  // @ts-expect-error the context is missing
  await documents.remove(document);
  // @ts-expect-error the context is missing
  await documents.upsert({ title: "x" }, { on: ["title"] });
  // @ts-expect-error the context is missing
  documents.as();
  // @ts-expect-error undefined is no context
  await documents.find(undefined);
  // @ts-expect-error null is no context
  await documents.find(null, { title: "x" });
  documents.create({ title: "x" });
}

/** Whether the owner is inherited, optional, nullable or a string: the context is needed. */
export async function everyOwnedEntity(db: Database): Promise<void> {
  // @ts-expect-error ownership is inherited from UserOwnedEntity
  await db.repository(Note).find();
  // @ts-expect-error an optional OwnerId owns
  await db.repository(Draft).find();
  // @ts-expect-error a nullable OwnerId owns
  await db.repository(Memo).find();
  // @ts-expect-error an OwnerId<string> owns
  await db.repository(Invoice).find();
  await db.transaction(async (tx) => {
    // @ts-expect-error a transaction's repositories need the context as well
    await tx.repository(Document).find();
  });
}

export async function withContext(db: Database, ctx: UserContext, document: Document): Promise<void> {
  const documents = db.repository(Document);
  for (const context of [ctx, db.system("types")] satisfies Context[]) await documents.find(context);
  await documents.find(ctx, { title: "x" }, { orderBy: { size: "desc" }, limit: 1, select: ["title"] });
  await documents.insert(ctx, { title: "x" });
  await documents.insertMany(ctx, [{ title: "x" }, document]);
  await documents.save(ctx, document);
  await documents.findById(ctx, 1);
  await documents.count(ctx);
  await documents.update(ctx, all, { title: "y" });
  await documents.delete(ctx, all);
  await documents.upsert(ctx, { title: "x" }, { on: ["title"] });
  await documents.as(ctx).find({ title: "x" });
  await db.repository(Country).find({ name: "x" });
  // @ts-expect-error a bound repository takes no further context
  await documents.as(ctx).find(ctx);
  // @ts-expect-error a bound repository takes no further context
  await documents.as(ctx).insert(ctx, { title: "x" });
}

/** An entity that nobody owns takes no context. */
export async function contextTooMany(db: Database, ctx: UserContext, system: SystemContext): Promise<void> {
  const users = db.repository(User);
  const countries = db.repository(Country);
  // @ts-expect-error a context is no condition
  await users.find(ctx);
  // @ts-expect-error a context is no condition
  await users.find(ctx, { user_id: 1 });
  // @ts-expect-error a system context is no condition
  await countries.find(system);
  // @ts-expect-error a context is no condition
  await countries.count(ctx);
  // @ts-expect-error a context is no data
  await countries.insert(ctx);
  // @ts-expect-error a context is no data
  await countries.save(ctx);
  // @ts-expect-error a context is no key
  await users.findById(ctx);
  // @ts-expect-error a context is no condition
  await countries.delete(ctx);
  await countries.as(ctx).find({ code: "x" });
}

/** Only a real context is one. */
export async function lookAlikes(db: Database, ctx: UserContext, system: SystemContext): Promise<void> {
  const documents = db.repository(Document);
  // @ts-expect-error an object with the same fields is no context
  await documents.find({ owner: User, key: 1, actor: 1, toJSON: () => ({}) });
  // @ts-expect-error a copy is no context
  await documents.find({ ...ctx });
  // @ts-expect-error an object with the same fields is no system context
  await documents.find({ reason: "x", belongsTo: () => true, toJSON: () => ({}) });
  // @ts-expect-error a copy is no system context
  await documents.find({ ...system });
  // @ts-expect-error a bare key is no context
  await documents.find(1);
  // @ts-expect-error an owner is no context
  await documents.find(new User());
  // @ts-expect-error nor does it bind a repository
  documents.as({ owner: User, key: 1, actor: 1, toJSON: () => ({}) });
}

export function construction(db: Database, user: User): readonly UserContext[] {
  // @ts-expect-error the constructor is private
  void new UserContext(Symbol("UserContext"), User, 1, {});
  // @ts-expect-error the constructor is private, so nothing derives from it
  class Derived extends UserContext {}
  // @ts-expect-error a system context's class is exported as a type alone
  void SystemContext.open;
  // @ts-expect-error a reason is needed
  db.system();
  // @ts-expect-error a key is a number or a string
  UserContext.forKey(User, { user_id: 1 });
  // @ts-expect-error a key is needed
  UserContext.forKey(User);
  // @ts-expect-error undefined is no key
  UserContext.forKey(User, undefined);
  const ctx = UserContext.of(user);
  // @ts-expect-error a context never changes
  ctx.key = 2;
  void Derived;
  return [ctx, UserContext.forKey(User, 1), UserContext.forKey(User, 1, { actor: "support" })];
}
