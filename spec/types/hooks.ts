import { AfterLoad, BeforeDelete, BeforeInsert, BeforeUpdate, type Database, type UserContext } from "freehold";
import { Note, Topic } from "../support/notes";

export class Fine {
  @BeforeInsert() @BeforeUpdate() sync(): void { /* nothing */ }
  @BeforeDelete() async waited(): Promise<void> { await Promise.resolve(); }
  @AfterLoad() loaded(): void { /* nothing */ }
}

export class Wrong {
  // @ts-expect-error a hook takes no arguments: it gets no context
  @BeforeInsert() withContext(context: UserContext): void { this.used = context; }
  // @ts-expect-error a hook is a method
  @BeforeInsert() used?: unknown;
}

export async function calls(db: Database, ctx: UserContext): Promise<void> {
  const notes = db.repository(Note);
  const restored: number = await notes.restore(ctx, { title: "x" });
  const rows: Note[] = await notes.restore(ctx, { title: "x" }, { returning: true });
  // @ts-expect-error an owned entity needs the context
  await notes.restore({ title: "x" });
  // @ts-expect-error there is no such property
  await notes.restore(ctx, { titel: "x" });
  await notes.delete(ctx, { title: "x" }, { hard: true });
  // @ts-expect-error hard is true or false
  await notes.delete(ctx, { title: "x" }, { hard: 1 });
  await notes.count(ctx, {}, { withDeleted: true });
  // @ts-expect-error writes know of no withDeleted
  await notes.update(ctx, { title: "x" }, { views: 1 }, { withDeleted: true });
  await notes.find(ctx, {}, { with: { folder: { withDeleted: true } } });
  // @ts-expect-error nobody owns topics: no context
  await db.repository(Topic).restore(ctx, { code: "x" });
  const key = await notes.altKeyOf(ctx, { note_id: 1 });
  await notes.findByAltKey(ctx, key);
  // @ts-expect-error no property of the entity
  await notes.findByAltKey(ctx, { titel: "x" });
  // @ts-expect-error the context comes first
  await notes.resolveAltKey({ title: "x" });
  void [restored, rows];
}
