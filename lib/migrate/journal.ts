import type { MigrationDialect } from "../dialect/migration-dialect";
import type { Session } from "../driver/session";

/** One applied migration, as the database remembers it. */
export interface JournalEntry {
  readonly name: string;
  readonly checksum: string;
  /** ISO 8601, UTC. */
  readonly appliedAt: string;
}

/** The database's account of what was applied to it: the table `freehold_migration`. */
export class Journal {
  readonly #sql: MigrationDialect["journal"];

  constructor({ journal }: MigrationDialect) {
    this.#sql = journal;
  }

  /** In the order in which they were applied. */
  async entries(session: Session): Promise<readonly JournalEntry[]> {
    const ask = async (sql: string): Promise<readonly (readonly unknown[])[]> => (await session.execute({ sql, readOnly: true, returnsRows: true }, [])).rows;
    const [[exists] = []] = await ask(this.#sql.exists);
    if (Number(exists) === 0) return [];
    return (await ask(this.#sql.list)).map(([name, checksum, appliedAt]) => ({ name: String(name), checksum: String(checksum), appliedAt: String(appliedAt) }));
  }

  async create(session: Session): Promise<void> {
    await session.script(this.#sql.create);
  }

  async add(session: Session, { name, checksum, appliedAt }: JournalEntry): Promise<void> {
    await session.execute({ sql: this.#sql.insert, readOnly: false, returnsRows: false }, [name, checksum, appliedAt]);
  }

  async remove(session: Session, name: string): Promise<void> {
    await session.execute({ sql: this.#sql.remove, readOnly: false, returnsRows: false }, [name]);
  }
}
