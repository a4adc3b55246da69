import type { ValidationFault } from "../errors/classes";
import { invalidData, valueFaults } from "../errors/value-errors";
import { acceptValue } from "../model/accept";
import type { EntityModel, KindModel, PropertyModel } from "../model/entity-model";
import { thawed } from "../util/thawed";
import type { ConstraintChecker } from "./constraints";
import { assign } from "./payload";

/**
 * Checks one value for its column.
 *
 * @returns the value as it is to be stored, or the fault
 */
export function checkValue(property: PropertyModel, value: unknown): { readonly value: unknown } | { readonly fault: ValidationFault } {
  if (value === null) return property.nullable ? { value } : { fault: valueFaults.notNull(property.name) };
  const accepted = acceptValue(property, value);
  return "fault" in accepted
    ? { fault: valueFaults.inList(property.name, accepted.constraint, accepted.fault) }
    : accepted;
}

/** What is to be checked of one row. */
export interface RowCheck {
  /** Values by column position; `undefined` is left out. */
  readonly values: readonly unknown[];
  /** The caller's instance, whose further properties constraints may look at. */
  readonly entity: object | null;
  /** The row as it is, whose values stand where none are given; then the whole is judged. */
  readonly stored?: object | null;
  /** Of which kind the row is, where rows of several kinds share the table and it is known. */
  readonly kind?: KindModel | null;
  /** true: only what is given is judged (an update); false: required properties must be there (an insert). */
  readonly partial: boolean;
  /** Properties that need not be given on an insert. */
  readonly optional: (property: PropertyModel) => boolean;
  /** Properties that are set later on, from a row yet to be written. */
  readonly awaited?: ReadonlySet<PropertyModel>;
}

/**
 * Checks a row against its columns and class-validator's constraints.
 *
 * @returns the values as they are to be stored; no promise where no constraint waits for anything
 * @throws ValidationError with every fault
 */
export function checkRow(
  model: EntityModel, check: RowCheck, constraints: ConstraintChecker, signal: AbortSignal | undefined,
): readonly unknown[] | Promise<readonly unknown[]> {
  const row: CheckedRow = { model, check, values: [], faults: [], unread: [] };
  for (const property of thawed(model.columns)) row.values.push(checkColumn(row, property));
  if (!constraints.needed(model)) return accepted(row, none);
  // Where some properties are changed of rows that nobody has in hand, faults of the others are none.
  const some = check.partial && check.entity === null && (check.stored ?? null) === null;
  const found = constraints.check(model, candidate(model, check, row.values), signal, some ? "given" : "all");
  return found instanceof Promise ? acceptedLater(row, found) : accepted(row, found);
}

async function acceptedLater(row: CheckedRow, found: Promise<readonly ValidationFault[]>): Promise<readonly unknown[]> {
  return accepted(row, await found);
}

const none: readonly ValidationFault[] = Object.freeze([]);

/** A row while it is checked. */
interface CheckedRow {
  readonly model: EntityModel;
  readonly check: RowCheck;
  /** As they are to be stored, by column position. */
  readonly values: unknown[];
  readonly faults: ValidationFault[];
  /** Documents that could not be read: constraints would read them again, and meet what was met. */
  readonly unread: string[];
}

function checkColumn({ model, check, faults, unread }: CheckedRow, property: PropertyModel): unknown {
  const value = check.values[property.position];
  // In a change most properties are not given.
  if (value === undefined && check.partial) return undefined;
  const other = kindFault(model, property, value, check);
  if (other !== null) {
    faults.push(other);
    return undefined;
  }
  if (value === undefined) {
    if ((!check.optional(property) || isRequired(property, check)) && check.awaited?.has(property) !== true) faults.push(valueFaults.required(property.name));
    return undefined;
  }
  const outcome = checkValue(property, value);
  if ("value" in outcome) return outcome.value;
  faults.push(outcome.fault);
  if (property.json === null) return value;
  unread.push(property.name);
  return null;
}

/** @throws ValidationError with what was found before and what constraints found */
function accepted({ model, check, values, faults, unread }: CheckedRow, found: readonly ValidationFault[]): readonly unknown[] {
  const all = found.length === 0 ? faults
    : [...faults, ...found.filter((fault) => !unread.includes(rootOf(fault)) && judged(model, fault, values, check))];
  if (all.length > 0) throw invalidData(model.name, all);
  return values;
}

function isRequired(property: PropertyModel, { kind }: RowCheck): boolean {
  return property.partial && kind?.required.includes(property) === true;
}

/** What rows of the kind cannot hold, and what nobody can tell without knowing it. */
function kindFault(model: EntityModel, property: PropertyModel, value: unknown, check: RowCheck): ValidationFault | null {
  if (!property.partial || value === undefined) return null;
  const { kind } = check;
  if (kind?.properties.includes(property) === true) {
    return value === null && isRequired(property, check) ? valueFaults.notNull(property.name) : null;
  }
  if (kind !== null && kind !== undefined && value === null) return null;
  const having = model.family?.kinds.filter((other) => other.properties.includes(property)) ?? [];
  return valueFaults.ofOtherKind(property.name, having.map(({ name }) => name));
}

/** A look-alike of the entity with the values to be written: the entity itself changes only after success. */
function candidate(model: EntityModel, { entity, stored, kind }: RowCheck, values: readonly unknown[]): object {
  const shell = Object.create((kind?.target ?? model.target).prototype as object) as Record<string, unknown>;
  if (entity !== null) Object.assign(shell, entity);
  for (const property of stored === null || stored === undefined ? [] : model.columns) shell[property.name] = (stored as Record<string, unknown>)[property.name];
  return assign(shell, thawed(model.columns), values);
}

/** The entity's property in which a fault lies. */
function rootOf({ property }: ValidationFault): string {
  return /^[^.[]*/.exec(property)?.[0] ?? "";
}

/** What is yet to come, and in an update what is not being changed, is not to blame; a bulk update has no instance with further properties. */
function judged(model: EntityModel, fault: ValidationFault, values: readonly unknown[], check: RowCheck): boolean {
  const property = model.properties[rootOf(fault)];
  if (check.stored !== null && check.stored !== undefined) return true;
  if (!check.partial) return property === undefined || check.awaited?.has(property) !== true;
  return property === undefined ? check.entity !== null : values[property.position] !== undefined;
}
