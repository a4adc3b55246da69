import type { FreeholdError } from "../../errors/freehold-error";
import {
  checkViolation, databaseUnavailable, foreignKeyViolation, notNullViolation, rowSecurityRefused, schemaDiffers, statementRefused, tooBig, uniqueViolation,
  valueRefused,
} from "../../errors/constraint-errors";
import { DriverCause } from "../../errors/driver-cause";
import { rowsHidden } from "../../errors/migration-errors";
import { sqlRefused } from "../../errors/sql-errors";
import { serializationFailed, transactionAborted, writeRefusedByServer } from "../../errors/transaction-errors";
import type { EntityModel, PropertyModel } from "../../model/entity-model";
import type { ErrorSubject } from "../dialect";
import { checkedProperty, holdsOwner, violatedProperties } from "../violated";
import { isServerAway, serverError, type ServerError } from "./postgres-codes";
import { databaseName, primaryKeyName } from "./postgres-names";

/** The neutral error for one of the server's, by its SQLSTATE. What the server says in `detail` holds rows' values and goes no further. */
export function postgresError(native: unknown, subject: ErrorSubject): FreeholdError {
  const error = serverError(native);
  if (error === null) return unknown(native, subject);
  const { model, operation } = subject;
  const entity = model?.name;
  const cause = new DriverCause({
    name: error.name, code: error.code, errno: undefined, constraint: error.constraint, table: error.table, column: error.column,
  });
  switch (error.code) {
    case "23505": {
      const columns = keyColumns(model, error);
      return uniqueViolation(entity, violatedProperties(model, columns, { inDatabase: databaseName }), holdsOwner(model, columns), cause);
    }
    // 23001: RESTRICT, since PostgreSQL 18; 2BP01: a table that others still refer to.
    case "23001":
    case "2BP01":
    case "23503": return foreignKeyViolation(entity, operation, cause);
    case "23502": return notNullViolation(entity, violatedProperties(model, [error.column ?? ""], { withOwner: true, inDatabase: databaseName })[0], cause);
    case "23514": return checkViolation(entity, checkedProperty(model, error.constraint, databaseName), cause);
    case "40001":
    case "40P01": return serializationFailed(error.code === "40P01", cause);
    case "25P02": return transactionAborted(cause);
    case "25006": return writeRefusedByServer(cause);
    case "42P01":
    case "42703":
      if (subject.handWritten === true) break;
      return schemaDiffers(entity, error.message.replace(/^relation /, "there is no table ").replace(/ does not exist$/, ""), cause);
    case "42501":
      // The words are in the server's language, the names of its routines are not.
      if (error.routine === "ExecWithCheckOptions") return rowSecurityRefused(entity, cause);
      if (operation === "migrate" && error.routine === "check_enable_rls") return rowsHidden(/"(.*)"/s.exec(error.message)?.[1] ?? "the table", cause);
      return statementRefused(entity, error.code, cause);
    case "22001":
    case "22003":
    case "22007":
    case "22008":
    case "22P02":
      if (subject.handWritten === true) return sqlRefused(null, error.code, cause, operation);
      return operation === "aggregate" ? valueRefused(entity, error.code, cause) : checkViolation(entity, undefined, cause);
    case "54000":
    case "54001":
    case "54011":
    case "54023":
    case "53200": return tooBig(entity, cause);
    case "57014": return databaseUnavailable("The server cancelled the statement, by a time limit of its own or by hand, and it changed nothing: try again.", true, cause);
    case "53100": return databaseUnavailable("The database has no room left on its disk.", false, cause);
    case "55P03": return databaseUnavailable("A row or table is locked by another transaction: try again.", true, cause);
    default:
  }
  if (isServerAway(error.code)) return databaseUnavailable(`The database server ended the connection or takes none now (${error.code}): try again.`, true, cause);
  if (error.code.startsWith("28") || error.code === "3D000") return databaseUnavailable(`The database server refuses the connection (${error.code}).`, false, cause);
  if (subject.handWritten === true) return sqlRefused(/^(42|3F)/.test(error.code) ? error.message : null, error.code, cause, operation);
  return statementRefused(entity, error.code, cause);
}

/** No error of the server's, and none that the driver knew. */
function unknown(native: unknown, { model }: ErrorSubject): FreeholdError {
  const { name, code } = (typeof native === "object" && native !== null ? native : {}) as { readonly name?: unknown; readonly code?: unknown };
  const cause = new DriverCause({
    name: typeof name === "string" ? name : "Error", code: typeof code === "string" ? code : undefined, errno: undefined, constraint: undefined,
    table: undefined, column: undefined,
  });
  return statementRefused(model?.name, cause.code, cause);
}

/**
 * The columns of the key that was violated: by the constraint's name, else by the list of names (and no value) in the detail, which the
 * server leaves out under row-level security.
 */
function keyColumns(model: EntityModel | null, { constraint, detail }: ServerError): readonly string[] {
  const keys = model === null ? [] : [{ name: primaryKeyName(model.table), properties: model.primaryKey.columns }, ...model.uniques];
  const found = keys.find((key) => databaseName(key.name) === constraint)
    ?? keys.find((key) => model !== null && isOfPartition(model, key, constraint ?? ""));
  if (found !== undefined) return found.properties.map((property) => databaseName(property.column));
  const listed = /\(((?:"(?:[^"]|"")+"|[^"()=])+)\)=/.exec(detail ?? "")?.[1] ?? "";
  return listed.split(", ").map((name) => name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
}

/** Whether the server made up the name for the same key of a partition: `task_p3_pkey`, `task_p3_owner_title_key`. */
function isOfPartition({ table }: EntityModel, { name, properties }: { readonly name: string; readonly properties: readonly PropertyModel[] }, constraint: string): boolean {
  const [, number, rest] = /_p(\d+)_(.+)$/.exec(constraint) ?? [];
  if (number === undefined || rest === undefined || !constraint.startsWith(table)) return false;
  const columns = properties.map((property) => property.column).join("_");
  return name === primaryKeyName(table) ? rest === "pkey" : rest === `${columns}_key` || rest === `${columns}_idx`;
}
