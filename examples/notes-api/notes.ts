import { notOneOf, oneOf } from "freehold";
import type { Note } from "./entities";
import type { Mine } from "./mine";
import { wordsOf } from "./search";

/** A note as clients write it. */
export interface NoteInput {
  readonly notebookId: string;
  readonly title: string;
  readonly body: string;
  readonly tags: readonly string[];
}

/** A note as clients see it: tags by their names, and no owner. */
export interface NoteView {
  readonly noteId: string;
  readonly notebookId: string;
  readonly title: string;
  readonly body: string;
  readonly tags: readonly string[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

export const WITH_TAGS = { tags: { orderBy: { name: "asc" } } } as const;

export function viewOf(note: Note, tags: readonly string[]): NoteView {
  const { noteId, notebookId, title, body, version, createdAt, updatedAt, deletedAt } = note;
  return { noteId, notebookId, title, body, tags, version, createdAt, updatedAt, deletedAt };
}

/** Stores a note with its tags and words, all or nothing. */
export async function writeNote(mine: Mine, input: NoteInput): Promise<NoteView> {
  const { notebookId, title, body } = input;
  return mine.transaction(async () => {
    // Nobody looks first whether the notebook is one's own: the foreign key holds the owner, so another's is as good as none.
    const note = await mine.notes.insert({ notebookId, title, body });
    return viewOf(note, await keepTagsAndWords(mine, note, input.tags));
  });
}

/**
 * Changes a note that was read as `version`.
 *
 * @throws StaleEntityError where somebody changed it since
 * @throws AccessViolationError where there is none that one could see
 */
export async function changeNote(mine: Mine, noteId: string, version: number, { tags, ...changes }: Partial<NoteInput>): Promise<NoteView> {
  return mine.transaction(async () => {
    const before = await mine.notes.findByIdOrFail(noteId, { with: WITH_TAGS });
    // All columns, not the changed ones alone: a change of tags is a change of the note, and is to make a new version too.
    const note = await mine.notes.save({ noteId, version, notebookId: before.notebookId, title: before.title, body: before.body, ...changes });
    return viewOf(note, await keepTagsAndWords(mine, note, tags ?? before.tags.map(({ name }) => name)));
  });
}

/** Makes links and words of a note what they are to be. Whatever stays the same is not written. */
async function keepTagsAndWords(mine: Mine, note: Note, tags: readonly string[]): Promise<readonly string[]> {
  const { noteId } = note;
  const names = tagNames(tags);
  const wanted = names.length === 0 ? [] : await mine.tags.upsertMany(names.map((name) => ({ name })), { on: ["name"] });
  await mine.noteTags.delete({ noteId, tagId: notOneOf(wanted.map(({ tagId }) => tagId)) });
  if (wanted.length > 0) await mine.noteTags.upsertMany(wanted.map(({ tagId }) => ({ noteId, tagId })), { on: ["noteId", "tagId"] });

  const words = new Set(wordsOf(`${note.title} ${note.body}`));
  const gone: string[] = [];
  for (const { word } of await mine.noteWords.find({ noteId })) if (!words.delete(word)) gone.push(word);
  if (gone.length > 0) await mine.noteWords.delete({ noteId, word: oneOf(gone) });
  await mine.noteWords.insertMany([...words].map((word) => ({ noteId, word })));
  return names;
}

/** Tags are the same whatever their case and spaces. In one order everywhere, so that no two transactions wait for each other. */
export function tagNames(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase()))].sort();
}
