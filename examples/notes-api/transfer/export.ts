import type { Mine } from "../mine";
import type { NotebookLine, NoteLine } from "./format";

export const NDJSON = "application/x-ndjson";

/**
 * Notebooks, then notes, trash included. Rows are streamed: however many there are, memory holds a chunk of them. No ids and no owner go
 * out: whoever imports the lines gets rows of their own.
 */
export async function* exportLines(mine: Mine): AsyncGenerator<string> {
  const names = new Map<string, string>();
  for await (const { notebookId, name } of mine.notebooks.stream({}, { orderBy: { name: "asc" } })) {
    names.set(notebookId, name);
    yield line({ notebook: { name } });
  }
  for await (const note of mine.notes.stream({}, { orderBy: { createdAt: "asc" }, withDeleted: true, with: { tags: { orderBy: { name: "asc" } } }, chunkSize: 200 })) {
    const notebook = names.get(note.notebookId);
    // Made between the two streams, which are no snapshot: it belongs into the next export.
    if (notebook === undefined) continue;
    yield line({ note: {
      notebook, title: note.title, body: note.body, tags: note.tags.map(({ name }) => name),
      createdAt: note.createdAt.toISOString(), updatedAt: note.updatedAt.toISOString(), deletedAt: note.deletedAt?.toISOString() ?? null,
    } });
  }
}

function line(value: NotebookLine | NoteLine): string {
  return `${JSON.stringify(value)}\n`;
}
