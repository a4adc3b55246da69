import { isNull } from "freehold";
import type { FastifyInstance } from "fastify";
import { notFound } from "../problem";
import { answers, ids, nothing, pageQuery, query } from "../schemas";
import { pageOf, type PageQuery } from "./pages";

interface ById { readonly Params: { readonly noteId: string } }
interface List { readonly Querystring: PageQuery }

const TAGS = ["trash"];
const params = ids("noteId");
/** Notes that were deleted softly: out of every read that does not say `withDeleted`. */
const TRASHED = { deletedAt: isNull(false) };

export async function trashRoutes(api: FastifyInstance): Promise<void> {
  api.get<List>("/trash", {
    schema: { tags: TAGS, summary: "A page of the trash, the latest first", querystring: query(pageQuery), response: answers(200, "NotePage", 400, 401) },
  }, async ({ mine, query: page }) => pageOf(mine, TRASHED, { deletedAt: "desc" }, page, true));

  api.post<ById>("/trash/:noteId/restore", {
    schema: { tags: TAGS, summary: "Bring a note back", params, response: nothing(401, 404) },
  }, async ({ mine, params: { noteId } }, reply) => {
    if (await mine.notes.restore({ noteId }) === 0) throw notFound();
    return reply.code(204).send();
  });

  api.delete<ById>("/trash/:noteId", {
    schema: { tags: TAGS, summary: "Delete a note of the trash for good", params, response: nothing(401, 404) },
  }, async ({ mine, params: { noteId } }, reply) => {
    if (await mine.notes.delete({ noteId, ...TRASHED }, { hard: true }) === 0) throw notFound();
    return reply.code(204).send();
  });

  api.delete("/trash", {
    schema: { tags: TAGS, summary: "Empty the trash", response: answers(200, "Removed", 401) },
  }, async ({ mine }) => ({ removed: await mine.notes.delete(TRASHED, { hard: true }) }));
}
