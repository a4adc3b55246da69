import { modelFaults } from "../errors/model-errors";
import { designType } from "../metadata/design-type";
import type { AnyClass, ColumnOptions, ColumnType, EnumSource, PrimaryKeyOptions } from "../metadata/records";
import { isClass } from "../util/is-class";
import { textFault } from "../util/text";
import { acceptValue } from "./accept";
import { countedAs, isColumnType } from "./column-type";
import { isKeptKind } from "./kept";
import { keyProperties, tableOwner, type EntityDraft, type PropertyDraft } from "./draft";
import type { DefaultValue, Generated, PropertyModel } from "./entity-model";
import type { FaultList } from "./faults";
import { classJson, plainJson, type JsonShape } from "./json-shape";
import type { NamingStrategy } from "./naming";

/** What the columns of one database share. */
export interface ColumnSetting {
  readonly naming: NamingStrategy;
  readonly jsonTypes: readonly AnyClass[];
  readonly faults: FaultList;
}

/** The types of keys by what makes them; null: any. */
const GENERATED_TYPES: Readonly<Record<NonNullable<PrimaryKeyOptions["generate"]>, readonly ColumnType[] | null>> = {
  identity: ["integer"], perOwner: ["integer"], uuid: ["uuid", "text"], none: null,
};

/** Pass 5: every property whose type is known becomes a PropertyModel. */
export function modelColumns(entities: readonly EntityDraft[], setting: ColumnSetting): void {
  for (const entity of entities) {
    for (const [position, property] of [...entity.properties.values()].entries()) {
      if (property.type !== null) property.model = modelColumn(entity, property, position, property.type, setting);
    }
  }
}

function modelColumn(
  entity: EntityDraft, property: PropertyDraft, position: number, type: ColumnType, setting: ColumnSetting,
): PropertyModel {
  const { faults, naming } = setting;
  const report = (words: readonly [string, string]): void => faults.add(entity.name, property.name, words);
  const options: ColumnOptions = property.column?.options ?? {};
  const source = referenced(property);
  const key = property.key !== null;
  checkSizes(options, report);
  if (key && options.select === false) report(modelFaults.hiddenRequired());
  const values = source.column?.kind === "enum" ? enumValues(source.column.values, report) : null;
  const draft: PropertyModel = {
    name: property.name,
    column: property.key?.options.name ?? property.foreignKey?.options.name ?? options.name ?? naming.column(property.name),
    position, type,
    nullable: !key && (property.partial || property.column?.kind === "deletedAt" || (property.foreignKey?.options.nullable ?? options.nullable ?? false)),
    generated: generatedBy(entity, property, type, report),
    default: null,
    values,
    json: type === "json" ? jsonShape(property, setting.jsonTypes, report) : null,
    columnType: columnType(property, source, report),
    loose: !tableOwner(entity).strict,
    length: source.key?.options.length ?? source.column?.options.length ?? null,
    precision: source.column?.options.precision ?? null,
    scale: source.column?.options.scale ?? null,
    select: options.select ?? true,
    key,
    partial: property.partial,
  };
  const raw = property.key?.options.defaultRaw ?? property.foreignKey?.options.defaultRaw ?? options.defaultRaw;
  const value = options.default === undefined ? property.foreignKey?.options.default : options.default;
  if (raw !== undefined) return { ...draft, default: rawDefault(draft, raw, value, report) };
  return { ...draft, default: value === undefined ? null : defaultValue(draft, value, report) };
}

/** What the property itself says, or a key of another table that it refers to: what counts there is none that counts here. */
function columnType(property: PropertyDraft, source: PropertyDraft, report: (words: readonly [string, string]) => void): string | null {
  const own = property.key?.options.columnType ?? property.foreignKey?.options.columnType ?? property.column?.options.columnType;
  if (own !== undefined && !isColumnType(own)) report(modelFaults.badColumnType());
  if (own !== undefined || property === source) return own ?? null;
  const target = source.key?.options.columnType ?? source.column?.options.columnType;
  return target === undefined ? null : countedAs(target);
}

function rawDefault(
  property: PropertyModel, sql: unknown, value: unknown, report: (words: readonly [string, string]) => void,
): DefaultValue | null {
  if (typeof sql !== "string" || sql.trim() === "" || textFault(sql) !== null) report(modelFaults.badOption("defaultRaw", "an expression of SQL as text"));
  if (value !== undefined) report(modelFaults.defaultTwice());
  if (property.generated !== null) report(modelFaults.defaultGenerated());
  return { kind: "database", sql: String(sql) };
}

/** The property at the end of a chain of foreign keys: its sizes and enum members hold for the references too. */
function referenced(property: PropertyDraft): PropertyDraft {
  let current = property;
  const seen = new Set<PropertyDraft>();
  while (current.target !== null && !seen.has(current)) {
    seen.add(current);
    current = current.target.property;
  }
  return current;
}

function checkSizes(options: ColumnOptions, report: (words: readonly [string, string]) => void): void {
  for (const option of ["length", "precision", "scale"] as const) {
    const size = options[option];
    if (size !== undefined && !(Number.isSafeInteger(size) && size >= (option === "scale" ? 0 : 1))) {
      report(modelFaults.badOption(option, "a whole number"));
    }
  }
}

function generatedBy(
  entity: EntityDraft, property: PropertyDraft, type: ColumnType, report: (words: readonly [string, string]) => void,
): Generated | null {
  const kind = property.column?.kind;
  if (kind !== undefined && isKeptKind(kind)) return kind;
  if (property.key === null) return null;
  const stated = property.key.options.generate;
  if (keyProperties(entity).length > 1) {
    if (stated !== undefined && stated !== "none") report(modelFaults.compositeGenerated());
    return null;
  }
  const fallback = property.foreignKey !== null ? "none" : type === "integer" ? "identity" : type === "uuid" ? "uuid" : "none";
  const generate = stated ?? fallback;
  const fits = Object.hasOwn(GENERATED_TYPES, generate) && GENERATED_TYPES[generate]?.includes(type) !== false;
  if (!fits) report(modelFaults.badGenerate(generate, type));
  else if (generate === "perOwner" && entity.owned === null) report(modelFaults.perOwnerUnowned());
  return generate === "none" ? null : generate;
}

function enumValues(source: EnumSource, report: (words: readonly [string, string]) => void): readonly (string | number)[] {
  const given: unknown = source;
  // Circular imports leave undefined where an enum was meant.
  const values = Array.isArray(given) ? [...new Set(given as readonly (string | number)[])] : enumMembers(given ?? {});
  if (values.length === 0) report(modelFaults.enumEmpty());
  for (const value of values) {
    const fault = typeof value === "string" ? textFault(value) : null;
    if (fault !== null) report(modelFaults.enumText(fault));
  }
  const whole = values.every((value) => Number.isSafeInteger(value));
  if (!whole && !values.every((value) => typeof value === "string")) report(modelFaults.enumMixed());
  return values;
}

/** A TypeScript enum object also maps numbers back to their names: those entries are no members. */
function enumMembers(source: object): readonly (string | number)[] {
  const entries = Object.entries(source) as [string, string | number][];
  const members = entries.filter(([name, value]) => !(typeof value === "string" && String(Number(name)) === name
    && (source as Record<string, unknown>)[value] === Number(name)));
  return [...new Set(members.map(([, value]) => value))];
}

function jsonShape(
  property: PropertyDraft, jsonTypes: readonly AnyClass[], report: (words: readonly [string, string]) => void,
): JsonShape {
  const shape = property.column?.kind === "json" ? property.column.shape : null;
  if (shape === null) return plainJson;
  const type = classOf(shape);
  if (type === null) {
    report(modelFaults.jsonClass());
    return plainJson;
  }
  const design = designType(property.declaredBy, property.name);
  const many = design.kind === "array" ? true : design.kind === "class" ? false : null;
  return classJson(type, jsonTypes, many);
}

function classOf(shape: unknown): AnyClass | null {
  if (typeof shape !== "function" || isClass(shape)) return null;
  const type: unknown = (shape as () => unknown)();
  return typeof type === "function" ? type as AnyClass : null;
}

function defaultValue(
  property: PropertyModel, value: unknown, report: (words: readonly [string, string]) => void,
): DefaultValue | null {
  if (typeof value === "function") return { kind: "function", make: value as () => unknown };
  if (value === null) {
    if (!property.nullable) report(modelFaults.badDefault("is null, but the column is not nullable"));
    return null;
  }
  const accepted = acceptValue(property, value);
  if ("fault" in accepted) {
    report(modelFaults.badDefault(accepted.fault));
    return null;
  }
  return { kind: "constant", value: copyOf(property, accepted.value) };
}

/** A default for one row: mutable constants are copied, so that no two rows share one; `undefined` where the database takes its own. */
export function makeDefault(property: PropertyModel, source: DefaultValue): unknown {
  switch (source.kind) {
    case "function": return source.make();
    case "constant": return copyOf(property, source.value);
    case "database": return undefined;
  }
}

/** A copy that shares nothing which could be changed; what is no value of the column stays as it is. */
export function copyOf(property: PropertyModel, value: unknown): unknown {
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (property.json === null || value === null || value === undefined || "fault" in property.json.accept(value)) return value;
  const plain = property.json.toPlain(value);
  const copy = "fault" in plain ? plain : property.json.fromPlain(plain.value);
  return "fault" in copy ? value : copy.value;
}
