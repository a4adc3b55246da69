import "reflect-metadata";
import { standardDecorator } from "../errors/model-errors";
import type { AnyClass, ClassRecord, ClassRecords, PropertyRecord } from "./records";

const KEY = "freehold:records";
const NONE: ClassRecords = Object.freeze({ properties: Object.freeze([]), classes: Object.freeze([]) });

/**
 * Appends what a property decorator said to the class that declares the property.
 * @throws ModelError (MODEL_ERROR) where the decorator was compiled as a standard one: that is told neither the class nor the type
 */
export function recordProperty(prototype: object, record: PropertyRecord): void {
  const context: unknown = record.property;
  if (typeof context === "object" && context !== null) throw standardDecorator("name" in context ? String(context.name) : undefined);
  const target = prototype.constructor as AnyClass;
  const own = ownRecords(target);
  store(target, { properties: [...own.properties, record], classes: own.classes });
}

/** Appends what a class decorator said. */
export function recordClass(target: AnyClass, record: ClassRecord): void {
  const own = ownRecords(target);
  store(target, { properties: own.properties, classes: [...own.classes, record] });
}

/** What decorators recorded on this very class. */
export function ownRecords(target: AnyClass): ClassRecords {
  return (Reflect.getOwnMetadata(KEY, target) as ClassRecords | undefined) ?? NONE;
}

/** The class and its bases, the outermost base first. */
export function lineage(target: AnyClass): readonly AnyClass[] {
  const classes: AnyClass[] = [];
  let current: unknown = target;
  while (typeof current === "function" && current !== Function.prototype) {
    classes.unshift(current as AnyClass);
    current = Object.getPrototypeOf(current);
  }
  return classes;
}

function store(target: AnyClass, records: ClassRecords): void {
  Reflect.defineMetadata(KEY, Object.freeze({
    properties: Object.freeze(records.properties.slice()),
    classes: Object.freeze(records.classes.slice()),
  }), target);
}
