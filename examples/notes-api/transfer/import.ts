import type { Mine } from "../mine";
import { tagNames } from "../notes";
import { Problem } from "../problem";
import { wordsOf } from "../search";
import type { NotebookLine, NoteLine } from "./format";
import type { LineReader } from "./reader";

const AT_ONCE = 200;

/**
 * Stores what an export gave, as new rows of whoever imports them. All lines are read and checked first and then stored in one
 * transaction: it is all or nothing, and nobody waits for a writer that waits for a slow upload. The upload's greatest size bounds the memory.
 *
 * @returns how many notebooks are new, and how many notes
 */
export async function importLines(mine: Mine, lines: AsyncIterable<string>, read: LineReader): Promise<{ notebooks: number; notes: number }> {
  const notebooks = new Set<string>();
  const notes: NoteLine["note"][] = [];
  let number = 0;
  for await (const text of lines) {
    number += 1;
    if (text.trim() === "") continue;
    const value: NotebookLine | NoteLine = read(text, number);
    if ("notebook" in value) notebooks.add(value.notebook.name);
    else if (notebooks.has(value.note.notebook)) notes.push(value.note);
    else throw new Problem(400, `Line ${number}: no line before it is the note's notebook.`);
  }
  return mine.transaction(async () => {
    const before = await mine.notebooks.count();
    const stored = await mine.notebooks.upsertMany([...notebooks].map((name) => ({ name })), { on: ["name"] });
    const notebookOf = new Map(stored.map(({ name, notebookId }) => [name, notebookId]));
    for (let start = 0; start < notes.length; start += AT_ONCE) await insertNotes(mine, notes.slice(start, start + AT_ONCE), notebookOf);
    return { notebooks: await mine.notebooks.count() - before, notes: notes.length };
  });
}

/** Five statements for up to two hundred notes. An insert may bring moments of its own, as an import does; no update could. */
async function insertNotes(mine: Mine, notes: readonly NoteLine["note"][], notebookOf: ReadonlyMap<string, string>): Promise<void> {
  const stored = await mine.notes.insertMany(notes.map(({ notebook, title, body, createdAt, updatedAt, deletedAt }) => ({
    notebookId: notebookOf.get(notebook), title, body,
    createdAt: new Date(createdAt), updatedAt: new Date(updatedAt), deletedAt: deletedAt === null ? null : new Date(deletedAt),
  })));
  const names = tagNames(notes.flatMap(({ tags }) => tags));
  const tags = await mine.tags.upsertMany(names.map((name) => ({ name })), { on: ["name"] });
  const tagOf = new Map(tags.map(({ name, tagId }) => [name, tagId]));
  // insertMany gives the rows in the order of its list.
  const pairs = stored.map((note, index) => ({ note, tags: tagNames(notes[index]?.tags ?? []) }));
  await mine.noteTags.insertMany(pairs.flatMap(({ note: { noteId }, tags: own }) => own.map((name) => ({ noteId, tagId: tagOf.get(name) }))));
  await mine.noteWords.insertMany(pairs.flatMap(({ note: { noteId, title, body } }) => wordsOf(`${title} ${body}`).map((word) => ({ noteId, word }))));
}
