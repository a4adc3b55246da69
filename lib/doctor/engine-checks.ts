import type { PostgresState, SqliteState } from "../dialect/examination";
import type { Finding } from "./finding";
import type { Patient } from "./patient";

/** The engine's settings, and with PostgreSQL the role's power. */
export async function engineChecks(patient: Patient): Promise<readonly Finding[]> {
  const state = await patient.dialect.examination.state(patient.askWriter);
  const engine: Finding = {
    severity: "note", code: "ENGINE", place: "database", cure: "",
    message: `${state.engine === "sqlite" ? "SQLite" : "PostgreSQL"} ${state.version}, by the driver ${patient.driverName}.`,
  };
  return [engine, ...(state.engine === "sqlite" ? sqliteFindings(patient, state) : postgresFindings(patient, state))];
}

function sqliteFindings(patient: Patient, state: SqliteState): readonly Finding[] {
  const { ddl } = patient.dialect;
  const wanted = new Set(ddl.objects(patient.model).filter(({ kind }) => kind === "trigger").map(({ name }) => `trigger ${name}`));
  const foreign = state.programs.filter((name) => !wanted.has(name));
  const findings: (Finding | false)[] = [
    state.damage !== null && {
      severity: "error", code: "FILE_DAMAGED", place: "database", message: "PRAGMA quick_check finds the file damaged.",
      cure: "Stop everybody who writes to it, make a copy, and restore a backup; PRAGMA integrity_check tells more.",
    },
    !state.foreignKeys && {
      severity: "error", code: "FOREIGN_KEYS_OFF", place: "database", message: "PRAGMA foreign_keys is off: nothing keeps references within one owner's rows.",
      cure: "This SQLite was built without them, or they were switched off: Freehold switches them on with every connection.",
    },
    state.journalMode !== "wal" && state.journalMode !== "memory" && {
      severity: "warning", code: "JOURNAL_MODE", place: "database", message: `The file's journal_mode is ${state.journalMode}: readers wait for writers.`,
      cure: "Leave journal_mode out of the driver's pragmas, or, where the file's place cannot have WAL (a network drive), move it.",
    },
    state.synchronous === 0 && {
      severity: "warning", code: "SYNCHRONOUS_OFF", place: "database", message: "PRAGMA synchronous is off: a power failure may damage the file.",
      cure: "Leave synchronous out of the driver's pragmas (NORMAL is the default, and safe with WAL).",
    },
    state.trustedSchema && foreign.length > 0 && {
      severity: "note", code: "TRUSTED_SCHEMA", place: "database",
      message: `The file holds views or triggers that the entities know nothing of (${foreign.join(", ")}), and they may call any function.`,
      cure: "Look at them; pragmas: { trusted_schema: false } lets them call harmless functions alone. Triggers can write to other owners' rows.",
    },
  ];
  return [
    ...findings.filter((finding) => finding !== false),
    ...state.violations.map(([table, rows]): Finding => ({
      severity: "error", code: "FOREIGN_KEYS_VIOLATED", place: table, message: `${rows === 1 ? "1 reference" : `${rows} references`} of ${table} lead nowhere that its foreign keys allow.`,
      cure: `They came with foreign_keys off, as by another tool: PRAGMA foreign_key_check("${table}") lists them.`,
    })),
  ];
}

function postgresFindings(patient: Patient, { role, superuser, bypasses, guarded }: PostgresState): readonly Finding[] {
  const { identifies } = patient.dialect;
  const power = superuser ? "is a superuser" : "has BYPASSRLS";
  return [
    ...(superuser || bypasses ? [{
      severity: identifies ? "error" : "warning", code: "ROLE_TOO_POWERFUL", place: `role ${role}`,
      message: `The role ${role} ${power}: no policy holds for it, and a statement that goes astray may do anything.`,
      cure: `Connect as an ordinary role (docs/postgres.md, "One login role"), or: alter role "${role}" nosuperuser nobypassrls;`,
    } satisfies Finding] : []),
    ...(identifies ? rowSecurity(patient) : [{
      severity: "note", code: "ROW_SECURITY_UNUSED", place: "driver", message: "The driver says nothing of rls: Freehold alone keeps owners apart, PostgreSQL does not.",
      cure: 'postgres({ rls: true }), see docs/postgres.md, "Switching it on later".',
    } satisfies Finding, ...unexpected(patient, guarded)]),
  ];
}

/** Each table that rows of owners lie open in. */
function rowSecurity({ model, dialect, tables }: Patient): readonly Finding[] {
  return model.tables.flatMap((table): readonly Finding[] => {
    const found = tables.get(table.table);
    const wanted = dialect.ddl.expected(table, model).rowSecurity;
    if (found === undefined || wanted.length === 0) return [];
    const missing = wanted.filter((word) => !found.rowSecurity.includes(word));
    const cure = missing.flatMap((name) => dialect.ddl.mend({ kind: "rowSecurity", state: "missing", name }, table, model) ?? []).map((sql) => `${sql};`).join(" ");
    if (missing.some((word) => word.endsWith("enabled"))) {
      return [{
        severity: "error", code: "ROW_SECURITY_OFF", place: table.table, cure: `${cure} Then db.schema.ensure(), for the policies.`,
        message: `Row-level security is off on ${table.table}, although the driver says rls: every role with rights on it sees all rows.`,
      }];
    }
    return missing.length === 0 ? [] : [{
      severity: "error", code: "ROW_SECURITY_UNFORCED", place: table.table, cure,
      message: `Row-level security of ${table.table} is not forced: the role that owns it passes by the policies.`,
    }];
  });
}

/** Without rls in the driver, nobody tells such tables whose rows they are to show. */
function unexpected({ model }: Patient, guarded: PostgresState["guarded"]): readonly Finding[] {
  return guarded.filter(({ table, forced, own }) => (forced || !own) && model.tables.some((known) => known.table === table)).map(({ table }): Finding => ({
    severity: "error", code: "ROW_SECURITY_UNEXPECTED", place: table,
    message: `Row-level security is on for ${table}, and the driver says nothing of rls: its rows are hidden from everybody.`,
    cure: "Every process that opens the database needs the same option: postgres({ rls: true }).",
  }));
}
