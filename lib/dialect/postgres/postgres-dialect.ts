import { compileStatement } from "../compiler";
import type { Dialect } from "../dialect";
import { compileHandWritten } from "../hand-written";
import { admit } from "./postgres-admission";
import { isSqlState } from "./postgres-codes";
import { postgresDdl, settingOf } from "./postgres-ddl";
import { postgresExamination } from "./postgres-examination";
import { postgresError } from "./postgres-errors";
import { postgresMigrations } from "./postgres-migrations";
import type { PostgresSchemaOptions } from "./postgres-options";
import { postgresPlans } from "./postgres-plans";
import { postgresRehearsal } from "./postgres-rehearsal";
import { followIdentity } from "./postgres-sequences";
import { postgresSyntax } from "./postgres-syntax";
import { isExact } from "./postgres-types";
import { decoderOf, plainValue } from "./postgres-values";
import { postgresVocabulary } from "./postgres-vocabulary";

const compared: Dialect["ordered"] = (property) => property.type !== "json";

/** PostgreSQL, with its schema's options. */
export function postgresDialect(options: PostgresSchemaOptions): Dialect {
  return Object.freeze<Dialect>({
    name: "postgres",
    maxParameters: 65_535,
    compile: (statement) => compileStatement(statement, postgresSyntax),
    compileHandWritten: (statement, clocked) => compileHandWritten(statement, postgresSyntax, clocked),
    vocabulary: postgresVocabulary,
    decoder: decoderOf,
    plain: plainValue,
    ordered: compared,
    exact: isExact,
    summable: ({ type }) => type === "integer" || type === "bigint" || type === "real" || type === "decimal",
    identifies: options.rls !== null,
    admit: (model, ask) => admit(model, options.rls?.systemRole ?? null, ask),
    followIdentity,
    ddl: postgresDdl(options),
    migrations: postgresMigrations((model) => settingOf(model, options)),
    plans: postgresPlans,
    examination: postgresExamination,
    isStatus: isSqlState,
    rehearsal: postgresRehearsal,
    toError: postgresError,
  });
}
