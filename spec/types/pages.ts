import type { Database, Page, SystemContext, UserContext } from "freehold";
import { Country, Document } from "./entities";

export async function pages(db: Database, ctx: UserContext, system: SystemContext): Promise<string | null> {
  const documents = db.repository(Document);
  const page: Page<Document> = await documents.paginate(ctx, { pinned: true }, { orderBy: [{ size: "desc" }, { title: "asc" }], first: 5 });
  await documents.paginate(ctx, {}, { first: 5, after: page.nextCursor, signal: AbortSignal.timeout(1) });
  await documents.paginate(system, {}, { last: 5, before: page.previousCursor });
  await documents.as(ctx).paginate({}, { orderBy: { note: { dir: "asc", nulls: "first" } } });
  await db.repository(Country).paginate({});
  const narrow = await documents.paginate(ctx, {}, { select: ["title"] });
  for (const { title } of narrow.items) title.trim();
  // @ts-expect-error a property that was not selected
  void narrow.items[0]?.size;
  // @ts-expect-error the context is missing
  await documents.paginate({});
  // @ts-expect-error a context is no condition
  await db.repository(Country).paginate(ctx);
  // @ts-expect-error no such property in the condition
  await documents.paginate(ctx, { titel: "x" });
  // @ts-expect-error no such property in orderBy
  await documents.paginate(ctx, {}, { orderBy: { titel: "asc" } });
  // @ts-expect-error pages have a size, not a limit
  await documents.paginate(ctx, {}, { limit: 5 });
  // @ts-expect-error pages go on from a cursor, not after so many rows
  await documents.paginate(ctx, {}, { offset: 5 });
  // @ts-expect-error a size is a number
  await documents.paginate(ctx, {}, { first: "5" });
  // @ts-expect-error a cursor is a text
  await documents.paginate(ctx, {}, { after: 5 });
  // @ts-expect-error the cursor may be null: there is no further page
  const cursor: string = page.nextCursor;
  // @ts-expect-error a page never changes its cursor
  page.nextCursor = null;
  return cursor;
}

export async function streams(db: Database, ctx: UserContext): Promise<void> {
  const documents = db.repository(Document);
  for await (const document of documents.stream(ctx)) document.describe();
  for await (const { title } of documents.stream(ctx, { pinned: true }, { select: ["title"], chunkSize: 10, onProgress: (rows) => rows.toFixed() })) title.trim();
  for await (const country of documents.as(ctx).stream({}, { orderBy: { title: "asc" }, limit: 5 })) country.describe();
  for await (const country of db.repository(Country).stream()) country.code.trim();
  // @ts-expect-error a property that was not selected
  for await (const document of documents.stream(ctx, {}, { select: ["title"] })) void document.size;
  // @ts-expect-error the context is missing
  documents.stream();
  // @ts-expect-error a condition stands in the context's place
  documents.stream({ title: "x" });
  // @ts-expect-error no such property in the condition
  documents.stream(ctx, { titel: "x" });
  // @ts-expect-error no such property in orderBy
  documents.stream(ctx, {}, { orderBy: { titel: "asc" } });
  // @ts-expect-error streams go on by themselves
  documents.stream(ctx, {}, { first: 5 });
  // @ts-expect-error streams begin at the first row
  documents.stream(ctx, {}, { offset: 5 });
  // @ts-expect-error progress is told to a function
  documents.stream(ctx, {}, { onProgress: true });
  // @ts-expect-error a stream is no list: it is iterated with for await
  documents.stream(ctx).map((document) => document.title);
}
