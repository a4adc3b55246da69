import { Undecodable, type Dialect } from "../../dialect/dialect";
import {
  badMapping, columnUnreadable, duplicateColumns, entityAbsent, mappingMissing, mappingUnknown,
} from "../../errors/sql-errors";
import type { HydratorCache } from "../../hydrate/hydrator-cache";
import type { EntityClass } from "../../metadata/records";
import type { EntityModel, PropertyModel } from "../../model/entity-model";
import { plainProperty } from "../../model/plain-property";
import { isPlainObject } from "../../util/plain-object";
import { Optional } from "./holes";

/** The types that `all({ … })` reads plain columns as, and what they give. */
export interface ResultTypes {
  readonly integer: number;
  readonly bigint: bigint;
  readonly real: number;
  readonly decimal: string;
  readonly boolean: boolean;
  readonly text: string;
  readonly uuid: string;
  readonly blob: Buffer;
  readonly datetime: Date;
  readonly date: string;
  readonly json: unknown;
}

/** The name of a type that a column of hand-written SQL is read as. */
export type ResultType = keyof ResultTypes;

/** For each `cols(E, "t")` its entity under `t`, for each other column its type under its name. */
export type ResultMapping = Readonly<Record<string, EntityClass | Optional<object> | ResultType>>;

/** A row as `all({ … })` gives it. */
export type MappedRow<M extends ResultMapping> = {
  -readonly [K in keyof M]: M[K] extends Optional<infer E> ? E | null
    : M[K] extends EntityClass<infer E> ? E
    : M[K] extends ResultType ? ResultTypes[M[K]] | null : never;
};

/** A `cols()` hole: the entity under its alias, and the names of its columns in the result. */
export interface SelectedEntity {
  readonly alias: string;
  readonly model: EntityModel;
  readonly columns: readonly PropertyModel[];
  readonly labels: readonly string[];
}

const TYPES: Readonly<Record<ResultType, true>> = {
  integer: true, bigint: true, real: true, decimal: true, boolean: true, text: true, uuid: true, blob: true, datetime: true, date: true, json: true,
};

type Row = readonly unknown[];
type Reader = (row: Row) => unknown;

/** What reads rows: the hydrators and decoders of one database. */
export interface Readers {
  readonly dialect: Dialect;
  readonly hydrators: HydratorCache;
}

export function refuseDuplicates(columns: readonly string[]): void {
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  if (twice.length > 0) throw duplicateColumns(twice);
}

/** Objects with the columns' own names; even `__proto__` is one like any other. */
export function plainRows(columns: readonly string[], rows: readonly Row[]): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
}

/** Makes an object of each row with what the readers of {@link mapper} find in it. */
export function readRows(readers: readonly (readonly [string, Reader])[], rows: readonly Row[]): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row)])));
}

/** Checks a mapping against the result's columns and makes the readers of its members. */
export function mapper(
  readers: Readers, columns: readonly string[], entities: readonly SelectedEntity[], mapping: unknown,
): readonly (readonly [string, Reader])[] {
  if (!isPlainObject(mapping)) throw badMapping("…", Object.keys(TYPES), mapping);
  const left = new Set(columns);
  const known = [...entities.map((entity) => entity.alias), ...columns.filter((name) => !entities.some(({ labels }) => labels.includes(name)))];
  const reads = Object.entries(mapping).map(([name, meant]): readonly [string, Reader] => {
    const inner = Optional.entityOf(meant);
    const entity = inner ?? (typeof meant === "function" ? meant as EntityClass : undefined);
    if (entity !== undefined) {
      const selected = entities.find(({ alias, model }) => alias === name && model.target === entity);
      if (selected === undefined) throw mappingUnknown(name, entity.name, known);
      for (const label of selected.labels) left.delete(label);
      return [name, entityReader(readers, columns, selected, inner !== undefined)];
    }
    if (typeof meant !== "string" || !Object.hasOwn(TYPES, meant)) throw badMapping(name, Object.keys(TYPES), meant);
    if (!left.delete(name)) throw mappingUnknown(name, null, known);
    return [name, valueReader(readers, columns.indexOf(name), name, meant as ResultType)];
  });
  if (left.size > 0) throw mappingMissing(known.filter((name) => !Object.hasOwn(mapping, name)));
  return reads;
}

function entityReader({ hydrators }: Readers, columns: readonly string[], selected: SelectedEntity, optional: boolean): Reader {
  const { model, alias, labels } = selected;
  const hydrator = hydrators.of(model, selected.columns);
  const places = labels.map((label) => columns.indexOf(label));
  const keys = places.filter((_, index) => selected.columns[index]?.key === true);
  return (row) => {
    // A key is never null in a row that is there.
    if (!keys.every((place) => row[place] === null)) return hydrator.hydrate(places.map((place) => row[place]));
    if (!optional) throw entityAbsent(alias, model.name);
    return null;
  };
}

function valueReader({ dialect }: Readers, place: number, name: string, type: ResultType): Reader {
  const decode = dialect.decoder(plainProperty(name, type));
  return (row) => {
    try {
      return decode(row[place]);
    } catch (error) {
      throw error instanceof Undecodable ? columnUnreadable(name, error.message) : error;
    }
  };
}
