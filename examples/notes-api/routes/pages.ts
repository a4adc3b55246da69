import type { Order, Where } from "freehold";
import type { Note } from "../entities";
import type { Mine } from "../mine";
import { WITH_TAGS } from "../notes";

const EXCERPT = 160;

export interface PageQuery {
  readonly first?: string;
  readonly after?: string;
}

/** A page of notes as lists show them. The cursor is sealed for its owner, order and entity: another's, or a changed one, is refused. */
export async function pageOf(mine: Mine, where: Where<Note>, orderBy: Order<Note>, { first = "20", after = undefined }: PageQuery, withDeleted = false) {
  const { items, nextCursor } = await mine.notes.paginate(where, { orderBy, first: Number(first), after: after ?? null, with: WITH_TAGS, withDeleted });
  return {
    items: items.map(({ tags, body, ...note }) => ({ ...note, excerpt: [...body.slice(0, 2 * EXCERPT)].slice(0, EXCERPT).join(""), tags: tags.map(({ name }) => name) })),
    nextCursor,
  };
}
