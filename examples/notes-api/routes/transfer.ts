import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { NDJSON, exportLines } from "../transfer/export";
import { importLines } from "../transfer/import";
import { readLines } from "../transfer/lines";
import { lineReader } from "../transfer/reader";
import { answers } from "../schemas";

/** A user's own data, out and in again: one JSON value on each line, so that neither side ever needs to hold all of it as a text. */
export async function transferRoutes(api: FastifyInstance): Promise<void> {
  // The stream itself is the body: how long it may be is told by who reads it.
  api.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload));

  api.get("/export", {
    schema: { tags: ["transfer"], summary: "All notebooks and notes of one's own, the trash too, as lines of JSON", produces: [NDJSON] },
  }, async ({ mine }, reply) => reply
    .type(NDJSON)
    .header("content-disposition", 'attachment; filename="notes.ndjson"')
    .send(Readable.from(exportLines(mine))));

  api.post<{ Body: Readable }>("/import", {
    schema: { tags: ["transfer"], summary: "What an export gave, as new rows of one's own", consumes: [NDJSON], response: answers(200, "Imported", 400, 401, 413, 415) },
  }, async (request) => importLines(request.mine, readLines(request.body), lineReader(request)));
}
