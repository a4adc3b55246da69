import { all, type Database, type UserContext } from "freehold";
import { Country, Document, Invoice } from "./entities";

export async function writes(db: Database, ctx: UserContext, document: Document): Promise<void> {
  const documents = db.repository(Document);
  // @ts-expect-error no such property
  await documents.insert(ctx, { title: "x", titel: "x" });
  // @ts-expect-error no such property in a list
  await documents.insertMany(ctx, [{ title: "x" }, { titel: "x" }]);
  // @ts-expect-error a number for a string
  await documents.insert(ctx, { title: 1 });
  // @ts-expect-error a string for a Date
  await documents.insert(ctx, { seen: "2026-01-01" });
  // @ts-expect-error no member of the enum
  await documents.insert(ctx, { state: "open" });
  // @ts-expect-error null where the property has none
  await documents.insert(ctx, { title: null });
  // @ts-expect-error a method is not a property
  await documents.insert(ctx, { describe: () => "x" });
  // @ts-expect-error a string for the owner's number
  await documents.insert(ctx, { user_id: "1" });
  // @ts-expect-error a number for the owner's string
  await db.repository(Invoice).insert(ctx, { account_id: 1 });
  // @ts-expect-error no such property
  documents.create({ titel: "x" });
  // @ts-expect-error a wrong type in changes
  await documents.update(ctx, all, { size: "1" });
  // @ts-expect-error a method is not a property in changes
  await documents.update(ctx, all, { describe: () => "x" });
  // @ts-expect-error a country is no document
  await documents.save(ctx, new Country());
  // @ts-expect-error upsert needs to be told on which key
  await documents.upsert(ctx, { title: "x" });
  // @ts-expect-error upsert needs to be told on which key
  await documents.upsert(ctx, { title: "x" }, {});
  // @ts-expect-error a method is no part of a key
  await documents.upsert(ctx, { title: "x" }, { on: ["describe"] });
  // @ts-expect-error upsert without `on` in an un-owned repository
  await db.repository(Country).upsert({ code: "x" });
  // @ts-expect-error an option that does not exist
  await documents.find(ctx, {}, { limt: 1 });
  await documents.insert(ctx, { title: "x", note: null, user_id: 1 });
  await documents.insert(ctx, document);
  await documents.save(ctx, document);
  await documents.upsert(ctx, document, { on: ["title"] });
}

export async function results(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  const rows: Document[] = await documents.update(ctx, all, { title: "x" }, { returning: true });
  const changed: number = await documents.update(ctx, all, { title: "x" });
  const told: number = await documents.update(ctx, all, { title: "x" }, { returning: false });
  const gone: Document[] = await documents.delete(ctx, all, { returning: true });
  const deleted: number = await documents.delete(ctx, all);
  const bound: Document[] = await documents.as(ctx).update(all, { title: "x" }, { returning: true });
  const boundNumber: number = await documents.as(ctx).delete(all);
  // @ts-expect-error the rows, not their number
  const notNumber: number = await documents.update(ctx, all, { title: "x" }, { returning: true });
  // @ts-expect-error the number, not the rows
  const notRows: Document[] = await documents.update(ctx, all, { title: "x" });
  // @ts-expect-error the number, not the rows
  const notGone: Document[] = await documents.delete(ctx, all);
  // @ts-expect-error the rows, not their number
  const notDeleted: number = await documents.as(ctx).delete(all, { returning: true });
  // @ts-expect-error there may be no such row
  const found: Document = await documents.findById(ctx, 1);
  const sure: Document = await documents.findByIdOrFail(ctx, 1);
  void [rows, changed, told, gone, deleted, bound, boundNumber, notNumber, notRows, notGone, notDeleted, found, sure];
}

export async function manyAtOnce(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  await documents.increment(ctx, { title: "x" }, { size: 1 });
  // @ts-expect-error nothing can be added to a text
  await documents.increment(ctx, { title: "x" }, { title: 1 });
  // @ts-expect-error a context comes first
  await documents.increment({ title: "x" }, { size: 1 });
  await documents.upsertMany(ctx, [{ title: "x" }], { on: ["title"] });
  // @ts-expect-error a unique key has to be named
  await documents.upsertMany(ctx, [{ title: "x" }]);
}
