import {
  all, and, between, contains, eq, gt, gte, isNull, like, lt, lte, ne, not, notOneOf, oneOf, or, startsWith,
  type Database, type Operator, type UserContext, type Where,
} from "freehold";
import { Country, Document, Invoice } from "./entities";

export async function allowed(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  await documents.find(ctx, { title: "x", size: 1, pinned: true, seen: new Date(), note: null, state: "draft" });
  await documents.find(ctx, { title: like("x%"), size: gt(1), pinned: eq(false), seen: lt(new Date()), note: isNull(), state: oneOf(["draft"]) });
  await documents.find(ctx, { title: startsWith("x"), size: between(1, 2), note: contains("x"), state: ne("final"), seen: gte(new Date()) });
  await documents.find(ctx, { size: notOneOf([1, 2]), title: lte("x") });
  await documents.find(ctx, and({ title: "x" }, or({ size: gt(1) }, not({ note: null })), all));
  await documents.find(ctx, or({ title: oneOf(["a", "b"]) }, and()));
  await documents.count(ctx, not(and({ state: "draft" }, { size: oneOf([]) })));
  await documents.as(ctx).find(or({ title: "x" }, { size: 1 }));
  const prepared = or<Document>({ title: "x" }, and({ size: 1 }, not({ pinned: true })));
  const nested: Where<Document> = and({ title: "x" }, prepared);
  await documents.find(ctx, or(prepared, nested));
  // The owner is named by its plain key, number or string.
  await documents.find(ctx, { user_id: 1 });
  await documents.find(ctx, { user_id: oneOf([1, 2]) });
  await db.repository(Invoice).find(ctx, { account_id: "00000000-0000-7000-8000-000000000000" });
}

export async function wrongProperty(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  // @ts-expect-error no such property
  await documents.find(ctx, { titel: "x" });
  // @ts-expect-error no such property beside one that exists
  await documents.find(ctx, { title: "x", titel: "x" });
  // @ts-expect-error no such property in and
  await documents.find(ctx, and({ titel: "x" }));
  // @ts-expect-error no such property in or
  await documents.find(ctx, or({ title: "x" }, { titel: "x" }));
  // @ts-expect-error no such property in not
  await documents.find(ctx, not({ titel: "x" }));
  // @ts-expect-error no such property two levels down
  await documents.find(ctx, and({ title: "x" }, or({ titel: "x" })));
  // @ts-expect-error no such property three levels down
  await documents.find(ctx, not(and(or({ titel: "x" }))));
  // @ts-expect-error no such property in findOne
  await documents.findOne(ctx, { titel: "x" });
  // @ts-expect-error no such property in count
  await documents.count(ctx, or({ titel: "x" }));
  // @ts-expect-error no such property in exists
  await documents.exists(ctx, { titel: "x" });
  // @ts-expect-error no such property in update
  await documents.update(ctx, { titel: "x" }, { title: "y" });
  // @ts-expect-error no such property in delete
  await documents.delete(ctx, not({ titel: "x" }));
  // @ts-expect-error no such property in a bound repository
  await documents.as(ctx).find({ titel: "x" });
  // @ts-expect-error no such property in orderBy
  await documents.find(ctx, {}, { orderBy: { titel: "asc" } });
  // @ts-expect-error no such property in select
  await documents.find(ctx, {}, { select: ["titel"] });
  // @ts-expect-error no such property to upsert on
  await documents.upsert(ctx, { title: "x" }, { on: ["titel"] });
  // @ts-expect-error a method is not a property
  await documents.find(ctx, { describe: () => "x" });
  // @ts-expect-error a method is not a property in or
  await documents.find(ctx, or({ describe: () => "x" }));
}

export async function wrongValue(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  // @ts-expect-error a number for a string
  await documents.find(ctx, { title: 1 });
  // @ts-expect-error a string for a number
  await documents.find(ctx, { size: "1" });
  // @ts-expect-error a number for a boolean
  await documents.find(ctx, { pinned: 1 });
  // @ts-expect-error a string for a Date
  await documents.find(ctx, { seen: "2026-01-01" });
  // @ts-expect-error no member of the enum
  await documents.find(ctx, { state: "open" });
  // @ts-expect-error a list is no value: say oneOf
  await documents.find(ctx, { title: ["x"] });
  // @ts-expect-error an object, such as one from a request body, is no operator
  await documents.find(ctx, { size: { gt: 1 } });
  // @ts-expect-error a string for the owner's number
  await documents.find(ctx, { user_id: "1" });
  // @ts-expect-error a number for the owner's string
  await db.repository(Invoice).find(ctx, { account_id: 1 });
  // @ts-expect-error a number for a string in and
  await documents.find(ctx, and({ title: 1 }));
  // @ts-expect-error a string for a number two levels down
  await documents.find(ctx, or({ title: "x" }, not({ size: "1" })));
  // @ts-expect-error conditions are given one by one, not as a list
  await documents.find(ctx, or([{ title: "x" }]));
}

export async function wrongOperand(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  const textual: Operator<string> = gt("x");
  // @ts-expect-error gt of a string on a number
  await documents.find(ctx, { size: gt("x") });
  // @ts-expect-error eq of a number on a string
  await documents.find(ctx, { title: eq(1) });
  // @ts-expect-error oneOf strings on a number
  await documents.find(ctx, { size: oneOf(["x"]) });
  // @ts-expect-error oneOf a list with one wrong member
  await documents.find(ctx, { size: oneOf([1, "x"]) });
  // @ts-expect-error between of strings on a Date
  await documents.find(ctx, { seen: between("2026-01-01", "2026-02-01") });
  // @ts-expect-error like on a number
  await documents.find(ctx, { size: like("1%") });
  // @ts-expect-error contains on a boolean
  await documents.find(ctx, { pinned: contains("x") });
  // @ts-expect-error no member of the enum
  await documents.find(ctx, { state: oneOf(["open"]) });
  // @ts-expect-error gt of a string on a number, two levels down
  await documents.find(ctx, and({ title: "x" }, or({ size: gt("x") })));
  // @ts-expect-error an object that looks like an operator is none
  await documents.find(ctx, { size: { kind: "comparison", operator: ">", value: 1 } satisfies object as object });
  // @ts-expect-error an operator made elsewhere keeps its type
  await documents.find(ctx, { size: textual });
}

/** A condition made apart from a call names its entity, or a slip in it would never be seen. */
export async function apart(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  const unnamed = or({ titel: "x" });
  // @ts-expect-error nobody said which entity it is about
  await documents.find(ctx, unnamed);
  const inner = not({ titel: "x" });
  // @ts-expect-error nor here, one level down
  await documents.find(ctx, and(inner));
  // @ts-expect-error with the entity's name the slip shows
  or<Document>({ titel: "x" });
  // @ts-expect-error and in a nested condition as well
  or<Document>({ title: "x" }, and({ titel: "x" }));
  const aboutCountries = and<Country>({ code: "x" });
  // @ts-expect-error a condition on another entity
  await documents.find(ctx, aboutCountries);
  // @ts-expect-error a condition on another entity, nested
  await documents.find(ctx, or({ title: "x" }, aboutCountries));
  await db.repository(Country).find(aboutCountries);
}
