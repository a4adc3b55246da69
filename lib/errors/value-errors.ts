import { describeValue, listNames } from "../util/describe";
import { ValidationError, type ValidationFault } from "./classes";

/** One error for everything that is wrong with an entity's data. */
export function invalidData(entity: string, faults: readonly ValidationFault[]): ValidationError {
  const text = faults.map(({ property, message }) => `${entity}.${property} ${message}`).join("; ");
  return new ValidationError(`${text}.`, Object.freeze(faults.slice()), entity);
}

export const valueFaults = {
  required: (property: string): ValidationFault => ({ property, constraint: "required", message: "is required" }),
  notNull: (property: string): ValidationFault => ({ property, constraint: "required", message: "must not be null" }),
  unknown: (property: string, known: readonly string[]): ValidationFault => ({
    property, constraint: "unknown", message: `does not exist: there are ${known.join(", ")}`,
  }),
  keptByFramework: (property: string): ValidationFault => ({
    property, constraint: "readonly", message: "is kept by the framework and cannot be changed",
  }),
  keyFixed: (property: string): ValidationFault => ({
    property, constraint: "readonly", message: "is a generated key and cannot be changed",
  }),
  kindFixed: (property: string): ValidationFault => ({
    property, constraint: "readonly", message: "says which class the row is of and cannot be changed",
  }),
  kindUnknown: (property: string, kinds: readonly string[]): ValidationFault => ({
    property, constraint: "required", message: `is required, to say which class the row is of: give an instance of ${listNames(kinds)}, or one of their values`,
  }),
  kindWrong: (property: string, values: readonly (string | number)[]): ValidationFault => ({
    property, constraint: "enum", message: `must be one of ${values.map((value) => JSON.stringify(value)).join(", ")}`,
  }),
  kindOther: (property: string, kind: string): ValidationFault => ({
    property, constraint: "kind", message: `says another class than ${kind}, which the instance is of`,
  }),
  ofOtherKind: (property: string, kinds: readonly string[]): ValidationFault => ({
    property, constraint: "kind", message: `belongs to ${listNames(kinds)} alone: use an instance of it, or its repository`,
  }),
  linked: (property: string): ValidationFault => ({
    property, constraint: "relation", message: "comes from the relation: leave it out",
  }),
  inList: (property: string, constraint: string, message: string): ValidationFault => ({ property, constraint, message }),
} as const;

export function notData(entity: string, given: unknown): ValidationError {
  const message = `data of ${entity} must be an object of its properties, not ${describeValue(given)}`;
  return new ValidationError(`The ${message}.`, [{ property: "", constraint: "type", message }], entity);
}

export function keyMissing(entity: string, method: string, property: string): ValidationError {
  const message = `is missing: ${method} needs an entity that was stored`;
  return invalidData(entity, [{ property, constraint: "required", message }]);
}

/** Two entries of one list that would meet in one row. */
export function sameKeyTwice(entity: string, properties: readonly string[], first: number, second: number): ValidationError {
  const message = `entries ${first} and ${second} of the list have the same ${properties.join(", ")}: each row can be written once in a call`;
  return new ValidationError(`upsertMany of ${entity}: ${message}.`, [{ property: `[${second}]`, constraint: "unique", message }], entity);
}
