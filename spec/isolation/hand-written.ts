import { InvalidQueryError, table, User, type Context, type Database, type SqlOptions, type SqlQuery } from "freehold";
import { Country, Project, Setting, Task, Token } from "./world";

/** What a text calls `{task}`, `{project}`, …: a hole, and for plain SQL the table itself. */
const tables = {
  task: [Task, "t"], project: [Project, "p"], token: [Token, "k"], setting: [Setting, "s"], country: [Country, "c"], user: [User, "u"],
} as const;

const MARK = /\{(\w+)\}/;

/** Gives a text to `db.sql` as if it had been written as a template. */
export function written(db: Pick<Database, "sql">, ctx: Context, text: string, options?: SqlOptions): SqlQuery {
  const parts = text.split(MARK);
  const texts = parts.filter((_, index) => index % 2 === 0);
  const holes = parts.filter((_, index) => index % 2 === 1).map((name) => {
    const [entity, alias] = tables[name as keyof typeof tables];
    return table(entity, alias);
  });
  return db.sql(ctx, options)(Object.assign(texts, { raw: texts }), ...holes);
}

/** The same text for the database itself, past the library. */
export function bare(text: string): string {
  return text.replace(/\{(\w+)\}/g, (_, name: keyof typeof tables) => `"${name === "user" ? "user" : name}" as "${tables[name][1]}"`);
}

/** What a query of somebody's gives: its rows, or that it was refused or stopped. */
export async function outcome(run: () => SqlQuery): Promise<readonly object[] | InvalidQueryError> {
  try {
    return await run().rows();
  } catch (error) {
    if (error instanceof InvalidQueryError) return error;
    throw error;
  }
}
