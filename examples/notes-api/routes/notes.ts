import { and, some, type Where } from "freehold";
import type { FastifyInstance } from "fastify";
import type { Note } from "../entities";
import { changeNote, tagNames, viewOf, WITH_TAGS, writeNote, type NoteInput } from "../notes";
import { answers, body, ids, line, noteBody, nothing, pageQuery, query, tagList, uuid } from "../schemas";
import { searchFor } from "../search";
import { pageOf, type PageQuery } from "./pages";

interface ById { readonly Params: { readonly noteId: string } }
interface List { readonly Querystring: PageQuery & { readonly notebook?: string; readonly tag?: string; readonly q?: string } }
interface Write { readonly Body: Omit<NoteInput, "tags"> & { readonly tags?: readonly string[] } }
interface Change { readonly Body: Partial<NoteInput> & { readonly version: number } }

const TAGS = ["notes"];
const params = ids("noteId");
const fields = { notebookId: uuid, title: line(200), body: noteBody, tags: tagList };

export async function noteRoutes(api: FastifyInstance): Promise<void> {
  api.get<List>("/notes", {
    schema: {
      tags: TAGS, summary: "A page of notes, the latest change first",
      querystring: query({ ...pageQuery, notebook: uuid, tag: line(40), q: { type: "string", maxLength: 200 } }),
      response: answers(200, "NotePage", 400, 401),
    },
  }, async ({ mine, query: { notebook, tag, q, ...page } }) => {
    const conditions: Where<Note>[] = [];
    if (notebook !== undefined) conditions.push({ notebookId: notebook });
    if (tag !== undefined) conditions.push({ tags: some({ name: tagNames([tag])[0] ?? "" }) });
    if (q !== undefined && q.trim() !== "") {
      const found = searchFor(q);
      if (found === null) return { items: [], nextCursor: null };
      conditions.push(found);
    }
    return pageOf(mine, and<Note>(...conditions), { updatedAt: "desc" }, page);
  });

  api.post<Write>("/notes", {
    schema: { tags: TAGS, summary: "Write a note", body: body(fields, ["tags"]), response: answers(201, "Note", 400, 401, 409) },
  }, async ({ mine, body: { notebookId, title, body: text, tags = [] } }, reply) =>
    reply.code(201).send(await writeNote(mine, { notebookId, title, body: text, tags })));

  api.get<ById>("/notes/:noteId", {
    schema: { tags: TAGS, summary: "A note", params, response: answers(200, "Note", 401, 404) },
  }, async ({ mine, params: { noteId } }) => {
    const note = await mine.notes.findByIdOrFail(noteId, { with: WITH_TAGS });
    return viewOf(note, note.tags.map(({ name }) => name));
  });

  api.patch<ById & Change>("/notes/:noteId", {
    schema: {
      tags: TAGS, summary: "Change a note; `version` is the one that was read, and another is 409", params,
      body: body({ version: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, ...fields }, Object.keys(fields)),
      response: answers(200, "Note", 400, 401, 404, 409),
    },
  }, async ({ mine, params: { noteId }, body: { version, ...changes } }) => changeNote(mine, noteId, version, changes));

  api.delete<ById>("/notes/:noteId", {
    schema: { tags: TAGS, summary: "Put a note into the trash", params, response: nothing(401, 404) },
  }, async ({ mine, params: { noteId } }, reply) => {
    await mine.notes.remove({ noteId });
    return reply.code(204).send();
  });
}
