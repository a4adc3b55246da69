import type { Ask, Dialect, TableDescription } from "../dialect/dialect";
import type { Session } from "../driver/session";
import { FreeholdError } from "../errors/freehold-error";
import type { DatabaseModel, EntityModel, OwnedModel } from "../model/entity-model";
import { StatementLog, type LoggedCall, type LogOptions } from "../repository/log";
import { unscoped, type Scope } from "../scope/access";
import { Identities } from "../scope/identity";
import { SystemContext, SystemContextProof } from "../scope/system-context";
import type { Finding } from "./finding";

const REASON = "freehold doctor counts rows";

/** A database under examination: it need not be one that `Database.open` takes. */
export class Patient {
  readonly model: DatabaseModel;
  readonly dialect: Dialect;
  readonly driverName: string;
  /** What each table of the model is like, by its name; those that are not there are left out. */
  readonly tables: ReadonlyMap<string, TableDescription>;
  /** Asks the catalogue, in nobody's name. */
  readonly ask: Ask;
  /** The same, on the connection that writes. */
  readonly askWriter: Ask;
  readonly #askAsSystem: Ask;

  private constructor(
    { model, dialect, driverName }: Pick<Patient, "model" | "dialect" | "driverName">, asks: readonly [plain: Ask, writer: Ask, system: Ask], tables: Patient["tables"],
  ) {
    [this.model, this.dialect, this.driverName, this.tables] = [model, dialect, driverName, tables];
    [this.ask, this.askWriter, this.#askAsSystem] = asks;
  }

  /** Looks at every table of the model; one that cannot be described is told of. */
  static async examine(
    parts: Pick<Patient, "model" | "dialect" | "driverName">, session: Session, options: LogOptions, found: Finding[],
  ): Promise<Patient> {
    const log = new StatementLog(options);
    const system = SystemContext.open(new SystemContextProof(parts), REASON);
    const asks = [askIn(parts, session, log, unscoped), askIn(parts, session, log, unscoped, false), askIn(parts, session, log, system)] as const;
    const tables = new Map<string, TableDescription>();
    for (const { table } of parts.model.tables) {
      try {
        const description = await parts.dialect.ddl.describe(table, asks[0]);
        if (description !== null) tables.set(table, description);
      } catch (error) {
        found.push(notExamined(table, `The table ${table} could not be looked at`, error));
      }
    }
    return new Patient(parts, asks, tables);
  }

  /** The owned tables that are there. */
  get owned(): readonly OwnedModel[] {
    return this.model.tables.filter((table): table is OwnedModel => table.ownership !== null && !table.ownership.itself && this.tables.has(table.table));
  }

  tableOf(name: string): EntityModel | undefined {
    return this.model.tables.find(({ table }) => table === name);
  }

  /** Those of the columns that a table does not have. */
  lacking(table: string, columns: readonly string[]): readonly string[] {
    const there = new Set(this.tables.get(table)?.columns.map(({ name }) => name.toLowerCase()));
    const wanted = this.tableOf(table);
    const names = wanted === undefined ? [] : this.dialect.ddl.expected(wanted, this.model).columns;
    return columns.filter((column) => !there.has((names[wanted?.columns.findIndex((property) => property.column === column) ?? -1]?.name ?? column).toLowerCase()));
  }

  /**
   * Counts rows of all owners.
   *
   * @throws Error where policies would hide some of them
   */
  async count(counting: string, tables: readonly string[]): Promise<number> {
    const { sees } = this.dialect.examination;
    let hidden: Error | null = null;
    if (this.dialect.identifies && tables.every((table) => this.#showsSystem(table))) {
      try {
        return counted(await this.#askAsSystem(counting, []));
      } catch (error) {
        // Roles and rights may be what is wrong here.
        hidden = error instanceof Error ? error : null;
      }
    }
    for (const table of tables) {
      if (sees === null || await sees(table, this.ask)) continue;
      throw hidden ?? new Error(`row-level security hides rows of ${table} from this role`);
    }
    return counted(await this.ask(counting, []));
  }

  /** Whether the system sees all rows: policies that are missing, or take rows away, would make none of many. */
  #showsSystem(table: string): boolean {
    const [wanted, found] = [this.tableOf(table), this.tables.get(table)];
    if (wanted === undefined || found === undefined || found.rowSecurity.length === 0) return true;
    const policies = this.dialect.ddl.expected(wanted, this.model).policies;
    return policies.every((policy) => found.policies.includes(policy)) && found.policies.every((policy) => policies.includes(policy) || !policy.includes(": restrictive "));
  }
}

function askIn({ model, dialect }: Pick<Patient, "model" | "dialect">, session: Session, log: StatementLog, scope: Scope, readOnly = true): Ask {
  const identity = dialect.identifies ? new Identities(model).of(scope) : undefined;
  return async (sql, parameters) => {
    const statement = { sql, readOnly, returnsRows: true, binders: [] };
    const call: LoggedCall = { statement, parameters, entity: undefined, operation: "doctor", scope };
    const start = performance.now();
    try {
      const { rows } = await session.execute(statement, parameters, { identity });
      if (log.listens(scope)) log.record(call, performance.now() - start, rows.length);
      return rows;
    } catch (native) {
      const error = native instanceof FreeholdError ? native : dialect.toError(native, { model: null, operation: "doctor" });
      if (log.listens(scope)) log.record(call, performance.now() - start, 0, { code: error.code, native });
      throw error;
    }
  };
}

function counted(rows: readonly (readonly unknown[])[]): number {
  return Number(rows[0]?.[0]);
}

/** A check that could not be made is no clean result. */
export function notExamined(place: string, what: string, error: unknown): Finding {
  const why = error instanceof Error ? error.message : String(error);
  return { severity: "warning", code: "NOT_EXAMINED", place, message: `${what}: ${why}`, cure: "See to the reason and run the doctor again." };
}
