import { cols, list, optional, sql, table, type Database, type SqlQuery, type SystemContext, type Transaction, type UserContext } from "freehold";
import { Country, Document, User } from "./entities";

/** Without a context nothing compiles, in a transaction neither. */
export function withoutContext(db: Database, tx: Transaction): void {
  // @ts-expect-error the context is missing
  db.sql();
  // @ts-expect-error the template stands in the context's place
  void db.sql`select 1 as n`;
  // @ts-expect-error options stand in the context's place
  db.sql({ maxRows: 1 });
  // @ts-expect-error undefined is no context
  db.sql(undefined);
  // @ts-expect-error an object with the same fields is no context
  db.sql({ owner: User, key: 1, actor: 1, toJSON: () => ({}) });
  // @ts-expect-error the context is missing
  tx.sql();
  // @ts-expect-error the template stands in the context's place
  void tx.sql`select 1 as n`;
}

/** Text is a template; parts are made by their helpers. */
export function templates(db: Database, ctx: UserContext, text: string): void {
  // @ts-expect-error a text is no template
  db.sql(ctx)(text);
  // @ts-expect-error a list of texts is no template
  db.sql(ctx)([text]);
  // @ts-expect-error a text is no template
  sql(text);
  // @ts-expect-error an entity is named by its class
  table("document");
  // @ts-expect-error an entity is named by its class
  cols("document", "d");
  // @ts-expect-error a list is an array
  list(1);
  // @ts-expect-error an alias is a text
  table(Document, 1);
  // @ts-expect-error there is no such option
  db.sql(ctx, { limit: 1 });
}

/** Rows are typed by the mapping. */
export async function results(db: Database, ctx: UserContext): Promise<void> {
  const query = db.sql(ctx)`select ${cols(Document, "d")}, ${cols(Country, "c")}, 1 as n from ${table(Document, "d")}`;
  const [row] = await query.all({ d: Document, c: optional(Country), n: "integer" });
  if (row === undefined) return;
  const title: string = row.d.title;
  const n: number | null = row.n;
  // @ts-expect-error an optional entity may be null
  void row.c.code;
  const code: string | undefined = row.c?.code;
  // @ts-expect-error a plain column may be null
  const sure: number = row.n;
  // @ts-expect-error the row has what the mapping names
  void row.x;
  // @ts-expect-error there is no such type
  await query.all({ d: Document, n: "number" });
  const [plain] = await query.rows<{ n: number }>();
  // @ts-expect-error a row has what the caller says
  void plain?.m;
  void [title, n, code, sure, plain?.n];
}

/** Writing is for the system alone. */
export async function writes(db: Database, ctx: UserContext, system: SystemContext, query: SqlQuery): Promise<void> {
  // @ts-expect-error a user's SQL only reads
  await db.sql(ctx)`select 1 as n`.run();
  // @ts-expect-error a user's SQL only reads
  await query.run();
  const { changes } = await db.sql(system)`update ${table(Document)} set title = ${"x"}`.run();
  void changes;
}
