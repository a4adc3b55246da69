import { isNull, some } from "freehold";
import type { FastifyInstance } from "fastify";
import { tagNames } from "../notes";
import { answers, body, ids, line, nothing } from "../schemas";

interface ById { readonly Params: { readonly tagId: string } }
interface Name { readonly Body: { readonly name: string } }

const TAGS = ["tags"];
const params = ids("tagId");

export async function tagRoutes(api: FastifyInstance): Promise<void> {
  api.get("/tags", {
    schema: { tags: TAGS, summary: "The tags that notes have", response: answers(200, "Tags", 401) },
  }, async ({ mine }) => {
    const tags = await mine.tags.find({ notes: some() }, { orderBy: { name: "asc" } });
    // Counted where the links are; one to a note in the trash leads to nothing, as a relation.
    const counts = await mine.noteTags.aggregate({ where: { note: isNull(false) }, groupBy: ["tagId"], count: true });
    const countOf = new Map(counts.map(({ group, count }) => [group.tagId, count]));
    return { items: tags.map(({ tagId, name }) => ({ tagId, name, notes: countOf.get(tagId) ?? 0 })) };
  });

  api.patch<ById & Name>("/tags/:tagId", {
    schema: { tags: TAGS, summary: "Rename a tag on all notes", params, body: body({ name: line(40) }), response: answers(200, "Tag", 400, 401, 404, 409) },
  }, async ({ mine, params: { tagId }, body: { name } }) => mine.tags.save({ tagId, name: tagNames([name])[0] ?? "" }));

  api.delete<ById>("/tags/:tagId", {
    schema: { tags: TAGS, summary: "Take a tag off all notes", params, response: nothing(401, 404) },
  }, async ({ mine, params: { tagId } }, reply) => {
    await mine.tags.remove({ tagId });
    return reply.code(204).send();
  });
}
