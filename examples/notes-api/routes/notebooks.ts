import type { FastifyInstance } from "fastify";
import { answers, body, ids, line, nothing } from "../schemas";

interface ById { readonly Params: { readonly notebookId: string } }
interface Name { readonly Body: { readonly name: string } }

const TAGS = ["notebooks"];
const params = ids("notebookId");
const nameBody = body({ name: line(80) });

export async function notebookRoutes(api: FastifyInstance): Promise<void> {
  api.get("/notebooks", {
    schema: { tags: TAGS, summary: "All notebooks, with how many notes each holds", response: answers(200, "Notebooks", 401) },
  }, async ({ mine }) => {
    const notebooks = await mine.notebooks.find({}, { orderBy: { name: "asc" } });
    // One statement for all counts. Notes in the trash are not among them: soft deletes are gone from aggregates as well.
    const counts = await mine.notes.aggregate({ groupBy: ["notebookId"], count: true });
    const countOf = new Map(counts.map(({ group, count }) => [group.notebookId, count]));
    return { items: notebooks.map((notebook) => ({ ...notebook, notes: countOf.get(notebook.notebookId) ?? 0 })) };
  });

  api.post<Name>("/notebooks", {
    schema: { tags: TAGS, summary: "Make a notebook", body: nameBody, response: answers(201, "Notebook", 400, 401, 409) },
  }, async ({ mine, body: { name } }, reply) => reply.code(201).send({ ...await mine.notebooks.insert({ name }), notes: 0 }));

  api.patch<ById & Name>("/notebooks/:notebookId", {
    schema: { tags: TAGS, summary: "Rename a notebook", params, body: nameBody, response: answers(200, "Notebook", 400, 401, 404, 409) },
  }, async ({ mine, params: { notebookId }, body: { name } }) => mine.notebooks.save({ notebookId, name }));

  api.delete<ById>("/notebooks/:notebookId", {
    schema: { tags: TAGS, summary: "Delete an empty notebook", params, response: nothing(401, 404, 409) },
  }, async ({ mine, params: { notebookId } }, reply) => {
    await mine.notebooks.remove({ notebookId });
    return reply.code(204).send();
  });
}
