import type { Ask, Ddl } from "../dialect/dialect";
import type { Survey } from "../dialect/survey";
import { ModelError } from "../errors/classes";
import { introspectionFailed } from "../errors/introspect-errors";
import { buildModel } from "../model/build-model";
import type { DatabaseModel } from "../model/entity-model";
import { UNMANAGED_KINDS, unmanagedText } from "../model/unmanaged";
import { compareTable } from "../schema/differences";
import type { SchemaDifference } from "../schema/schema-difference";
import { buildClasses } from "./build-classes";
import { columnId, noDecisions, type Decisions, type EntityPlan } from "./plan";
import { planEntities } from "./plan-entities";

export interface Settled {
  readonly plans: readonly EntityPlan[];
  /** Tables of which there is no entity, with the reason. */
  readonly left: ReadonlyMap<string, string>;
}

/** Each round takes something away; more than this would be a fault of the program. */
const MOST_ROUNDS = 200;
/** Nothing is mended here. */
const NOBODY = { addsForeignKeys: false, statements: () => null };

/**
 * Plans entities, builds their model, and compares it with the database as `schema.check()` will; what the model refuses is left out, what only
 * the database has becomes unmanaged, until they agree.
 */
export async function settle(survey: Survey, ddl: Ddl, ask: Ask): Promise<Settled> {
  const decisions = noDecisions();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const plans = planEntities(survey, decisions);
    if (plans.length === 0) return { plans, left: decisions.tables };
    const model = modelOf(plans, decisions);
    if (model === null) continue;
    const differences = await compare(model, ddl, ask);
    if (differences.length === 0) return { plans, left: decisions.tables };
    const left = differences.filter((difference) => !take(difference, plans, decisions));
    if (left.length === differences.length) throw introspectionFailed(left.map(({ message }) => message));
  }
  throw introspectionFailed([]);
}

async function compare(model: DatabaseModel, ddl: Ddl, ask: Ask): Promise<readonly SchemaDifference[]> {
  const found: SchemaDifference[] = [];
  for (const table of model.tables) found.push(...compareTable(table, ddl.expected(table, model), await ddl.describe(table.table, ask), NOBODY));
  // Rights are given to roles of Freehold's, of which another program's tables know nothing yet.
  return found.filter(({ kind }) => kind !== "grant");
}

/** Null where something had to be given up. */
function modelOf(plans: readonly EntityPlan[], decisions: Decisions): DatabaseModel | null {
  try {
    return buildModel({ entities: buildClasses(plans) });
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const given = error.faults.filter(({ entity, property }) => giveUp(plans, entity, property, decisions));
    if (given.length === 0) throw error;
    return null;
  }
}

/** Gives up what a fault of the model is about: a relation, a reference, a column, or all keys of an entity, and in the end the entity. */
function giveUp(plans: readonly EntityPlan[], entity: string, property: string | undefined, decisions: Decisions): boolean {
  const plan = plans.find(({ name }) => name === entity);
  if (plan === undefined) return false;
  const column = plan.columns.find((candidate) => candidate.property === property);
  if (column !== undefined) {
    const id = columnId(plan.table, column.column.name);
    if (column.reference !== null) decisions.references.add(id);
    else if (column.column.default !== null && !column.raw) decisions.raw.add(id);
    else if (column.unique !== null) decisions.keys.add(`${plan.table} ${column.unique}`);
    else if (inKeys(plan, column.property).length > 0) inKeys(plan, column.property).forEach((name) => decisions.keys.add(`${plan.table} ${name}`));
    else if (column.key !== null) decisions.tables.set(plan.table, "its primary key is none that an entity can have");
    else decisions.columns.add(id);
    return true;
  }
  if (property !== undefined && plan.relations.some((relation) => relation.property === property)) {
    decisions.relations.add(`${plan.name}.${property}`);
    return true;
  }
  const keys = [...plan.uniques, ...plan.indexes].map(({ name }) => `${plan.table} ${name}`).filter((key) => !decisions.keys.has(key));
  if (keys.length > 0) keys.forEach((key) => decisions.keys.add(key));
  else decisions.tables.set(plan.table, "it does not fit the rules of a model");
  return true;
}

function inKeys(plan: EntityPlan, property: string): readonly string[] {
  return [...plan.uniques, ...plan.indexes].filter(({ properties }) => properties.includes(property)).map(({ name }) => name);
}

/** Takes a difference over into the next plan; false where nothing can be done about it. */
function take({ table, kind, state, name = "" }: SchemaDifference, plans: readonly EntityPlan[], decisions: Decisions): boolean {
  const unmanaged = UNMANAGED_KINDS.find((known) => known === kind);
  if (state === "unexpected" && unmanaged !== undefined) {
    const entries = decisions.unmanaged.get(table) ?? new Set<string>();
    decisions.unmanaged.set(table, entries);
    const text = unmanagedText(unmanaged, name);
    if (entries.has(text)) return false;
    entries.add(text);
    return true;
  }
  if (kind === "default") {
    const id = columnId(table, name);
    if (decisions.raw.has(id)) return false;
    decisions.raw.add(id);
    return true;
  }
  if (kind === "type" || kind === "nullability") {
    return giveUp(plans, plans.find((plan) => plan.table === table)?.name ?? "", plans.find((plan) => plan.table === table)
      ?.columns.find(({ column }) => column.name === name)?.property, decisions);
  }
  return false;
}
