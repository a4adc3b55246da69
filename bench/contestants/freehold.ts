import { betterSqlite3, Database, gte, sqlite3, User, UserContext } from "freehold";
import { Doc, Project, Task } from "./freehold-entities";

type Data = Pick<Doc, "title" | "body" | "rating" | "done" | "meta" | "createdAt">;

export async function open(file: string, { driver }: { readonly driver: string }) {
  const db = await Database.open({
    driver: driver === "sqlite3" ? sqlite3({ file }) : betterSqlite3({ file }),
    entities: [User, Doc, Project, Task],
  });
  const docs = db.repository(Doc);
  const projects = db.repository(Project);

  const as = (owner: number) => {
    const ctx = UserContext.forKey(User, owner);
    return {
      byKey: (id: number) => docs.findById(ctx, id),
      page: (limit: number) => docs.find(ctx, {}, { limit }),
      all: () => docs.find(ctx),
      search: (rating: number, limit: number) =>
        docs.find(ctx, { done: false, rating: gte(rating) }, { orderBy: { createdAt: "desc" }, limit }),
      insert: (data: Data) => docs.insert(ctx, data),
      insertMany: (list: readonly Data[]) => docs.insertMany(ctx, list),
      update: (id: number, changes: Partial<Data>) => docs.update(ctx, { id }, changes),
      projects: () => projects.find(ctx, {}, { with: { tasks: true } }),
      count: () => docs.count(ctx),
    };
  };
  return { as, close: () => db.close(), check: () => db.schema.check() };
}
