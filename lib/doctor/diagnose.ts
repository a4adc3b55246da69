import type { Dialect } from "../dialect/dialect";
import { askOn } from "../driver/asking";
import type { Pool } from "../driver/driver";
import { PooledSession } from "../driver/pooled-session";
import { ModelError } from "../errors/classes";
import type { DatabaseModel } from "../model/entity-model";
import { modelFor, type DatabaseOptions } from "../repository/open-options";
import { inDependencyOrder } from "../schema/schema-text";
import { driverChecks } from "./driver-checks";
import { engineChecks } from "./engine-checks";
import { diagnosisOf, type Diagnosis, type Finding } from "./finding";
import { notExamined, Patient } from "./patient";
import { referenceChecks } from "./reference-checks";
import { rowChecks } from "./row-checks";
import { schemaChecks } from "./schema-checks";

/** The checks that need tables, and what they look at. */
const CHECKS: readonly (readonly [what: string, check: (patient: Patient) => readonly Finding[] | Promise<readonly Finding[]>])[] = [
  ["The engine's settings", engineChecks],
  ["The schema", schemaChecks],
  ["Keys and indexes", referenceChecks],
  ["Rows", rowChecks],
];

/**
 * Looks for what is wrong with a database: rows that cross owners already, keys that would let them, missing indexes, row-level security
 * that does not hold, settings. It changes nothing, shows no value of a row, and takes databases that `Database.open` refuses, and
 * those that another tool made.
 *
 * @example
 * const { findings, healthy } = await diagnose({ driver: sqlite3({ file: "app.db" }), entities: [User, Document] });
 * for (const { severity, place, message, cure } of findings) console.log(severity, place, message, cure);
 * @throws ConnectionError for options that cannot be used
 */
export async function diagnose(options: DatabaseOptions): Promise<Diagnosis> {
  const found: Finding[] = [];
  const model = modelIn(options, found);
  if (model !== null) {
    found.push(...model.warnings.map((message): Finding => ({
      severity: "warning", code: "UNOWNED_REFERENCE", place: message.split(" ")[0] ?? "model", message, cure: "Add @UserOwned(), or say @SystemOwned() where the rows are the system's.",
    })));
    await examine(inDependencyOrder(model), options, found);
  }
  found.push(...await driverChecks());
  return diagnosisOf(found);
}

function modelIn(options: DatabaseOptions, found: Finding[]): DatabaseModel | null {
  try {
    return modelFor(options);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    found.push({ severity: "error", code: "MODEL_FAULTY", place: "model", message: error.message, cure: "Mend the entities; the database was not looked at." });
    return null;
  }
}

async function examine(model: DatabaseModel, options: DatabaseOptions, found: Finding[]): Promise<void> {
  const { driver } = options;
  let pool: Pool;
  try {
    pool = await driver.open();
  } catch (error) {
    found.push(notOpened(error));
    return;
  }
  try {
    const session = new PooledSession(pool);
    const refused = await refusal(model, driver.dialect, session);
    const patient = await Patient.examine({ model, dialect: driver.dialect, driverName: driver.name }, session, options, found);
    if (refused !== null) found.push(refused);
    for (const [what, check] of CHECKS) found.push(...await checked(what, () => check(patient)));
  } finally {
    await pool.close();
  }
}

/** What keeps `Database.open` from opening it; null: nothing. */
async function refusal(model: DatabaseModel, dialect: Dialect, session: PooledSession): Promise<Finding | null> {
  try {
    await dialect.admit?.(model, askOn(session, dialect, "open"));
    return null;
  } catch (error) {
    return notOpened(error);
  }
}

function notOpened(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return { severity: "error", code: "NOT_OPENED", place: "database", message, cure: "Until then, Database.open refuses it as well." };
}

async function checked(what: string, check: () => readonly Finding[] | Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [notExamined("database", `${what} could not be examined`, error)];
  }
}
