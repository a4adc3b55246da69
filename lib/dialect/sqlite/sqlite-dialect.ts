import { compileStatement } from "../compiler";
import type { Dialect } from "../dialect";
import { compileHandWritten } from "../hand-written";
import { isSqliteCode } from "./sqlite-codes";
import { sqliteDdl } from "./sqlite-ddl";
import { sqliteExamination } from "./sqlite-examination";
import { sqliteError } from "./sqlite-errors";
import { sqliteMigrations } from "./sqlite-migrations";
import { sqlitePlans } from "./sqlite-plans";
import { sqliteRehearsal } from "./sqlite-rehearsal";
import { sqliteSyntax } from "./sqlite-syntax";
import { decoderOf } from "./sqlite-values";
import { sqliteVocabulary } from "./sqlite-vocabulary";

/** SQLite, whichever npm package talks to it. */
export const sqliteDialect: Dialect = Object.freeze<Dialect>({
  name: "sqlite",
  maxParameters: 32_766,
  compile: (statement) => compileStatement(statement, sqliteSyntax),
  compileHandWritten: (statement, clocked) => compileHandWritten(statement, sqliteSyntax, clocked),
  vocabulary: sqliteVocabulary,
  decoder: decoderOf,
  plain: (raw) => raw,
  // Decimals are text, which does not sort as numbers do.
  ordered: (property) => property.type !== "json" && property.type !== "decimal",
  exact: () => true,
  // A decimal is text, and its sum would be a float.
  summable: (property) => property.type === "integer" || property.type === "bigint" || property.type === "real",
  identifies: false,
  admit: null,
  followIdentity: null,
  ddl: sqliteDdl,
  migrations: sqliteMigrations,
  plans: sqlitePlans,
  examination: sqliteExamination,
  isStatus: isSqliteCode,
  rehearsal: sqliteRehearsal,
  toError: sqliteError,
});
