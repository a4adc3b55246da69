import { Database, postgres, User, UserContext } from "freehold";
import { Doc, Project, Task } from "./freehold-entities";

export async function open(connectionString: string, { rls, prepare }: { readonly rls: boolean; readonly prepare: boolean }) {
  const db = await Database.open({ driver: postgres({ connectionString, rls, prepare }), entities: [User, Doc, Project, Task] });
  const docs = db.repository(Doc);

  const as = (owner: number) => {
    const ctx = UserContext.forKey(User, owner);
    return {
      byKey: (id: number) => docs.findById(ctx, id),
      page: (limit: number) => docs.find(ctx, {}, { limit }),
    };
  };
  return { as, close: () => db.close() };
}
