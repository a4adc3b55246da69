import type { Database, Repository, UserContext } from "freehold";
import { Account, Note, Notebook, NoteTag, NoteWord, Session, Tag } from "./entities";

/**
 * What a request may touch: the repositories bound to the context of whoever sent it. Handlers get nothing else: no database to make another
 * context or `db.system` of, and no repository that would take one.
 */
export interface Mine {
  readonly account: Repository<Account, "bound">;
  readonly sessions: Repository<Session, "bound">;
  readonly notebooks: Repository<Notebook, "bound">;
  readonly notes: Repository<Note, "bound">;
  readonly tags: Repository<Tag, "bound">;
  readonly noteTags: Repository<NoteTag, "bound">;
  readonly noteWords: Repository<NoteWord, "bound">;
  /** All or nothing; run again by itself where the database says that this may help, so the work touches nothing but the database. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

export function mineOf(db: Database, context: UserContext): Mine {
  return {
    account: db.repository(Account).as(context),
    sessions: db.repository(Session).as(context),
    notebooks: db.repository(Notebook).as(context),
    notes: db.repository(Note).as(context),
    tags: db.repository(Tag).as(context),
    noteTags: db.repository(NoteTag).as(context),
    noteWords: db.repository(NoteWord).as(context),
    transaction: (work) => db.transaction(work, { retries: 3 }),
  };
}
