import { Injectable, type BeforeApplicationShutdown } from "@nestjs/common";
import type { InsertData, OwnedRepository, Repository, UserContext } from "freehold";
import { InjectRepository, keepContext } from "freehold/nestjs";
import { concatMap, filter, startWith, Subject, type Observable } from "rxjs";
import { Note } from "./entities";

/** Notes of whoever the request is made by: `inContext()` finds the context by itself. */
@Injectable()
export class NotesService implements BeforeApplicationShutdown {
  /** Whose notes have changed. */
  readonly #changes = new Subject<UserContext["key"]>();

  constructor(@InjectRepository(Note) private readonly notes: OwnedRepository<Note>) {}

  list(): Promise<Note[]> {
    return this.#mine().find({}, { orderBy: { note_id: "asc" } });
  }

  find(id: number): Promise<Note> {
    return this.#mine().findByIdOrFail(id);
  }

  async add(ctx: UserContext, note: InsertData<Note>): Promise<Note> {
    const stored = await this.#mine().insert(note);
    this.#changes.next(ctx.key);
    return stored;
  }

  async change(ctx: UserContext, id: number, changes: Partial<InsertData<Note>>): Promise<Note> {
    const [changed] = await this.#mine().update({ note_id: id }, changes, { returning: true });
    // The same answer as for a note that is not there at all.
    const note = changed ?? await this.#mine().findByIdOrFail(id);
    this.#changes.next(ctx.key);
    return note;
  }

  /** All notes as lines of JSON, read as fast as the client takes them: long after the handler, so the repository is bound before. */
  lines(): AsyncIterable<string> {
    return linesOf(this.#mine().stream({}, { orderBy: { note_id: "asc" } }));
  }

  /** The titles, at once and after every change. */
  watch(ctx: UserContext): Observable<readonly string[]> {
    return this.#changes.pipe(
      filter((owner) => owner === ctx.key),
      startWith(ctx.key),
      // Another request feeds the subject; what follows runs in this one's context again.
      keepContext(),
      concatMap(async () => (await this.list()).map(({ title }) => title)),
    );
  }

  /** Open event streams would keep the server from closing. */
  beforeApplicationShutdown(signal?: string): void {
    console.log(`stopping: ${signal ?? "close"}`);
    this.#changes.complete();
  }

  #mine(): Repository<Note, "bound"> {
    return this.notes.inContext();
  }
}

async function* linesOf(notes: AsyncIterable<Note>): AsyncGenerator<string> {
  for await (const note of notes) yield `${JSON.stringify(note)}\n`;
}
