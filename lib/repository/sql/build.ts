import type { CompiledStatement } from "../../dialect/dialect";
import { InvalidQueryError } from "../../errors/classes";
import { unknownEntity } from "../../errors/model-errors";
import { badEscape, badSqlLimit, textRefused, tooManySqlValues, transactionControl } from "../../errors/sql-errors";
import type { AnyClass } from "../../metadata/records";
import type { EntityModel, PropertyModel } from "../../model/entity-model";
import { checkText } from "../../raw/check-text";
import type { CheckedText, HoleRole, HoleShape, OwnLimit } from "../../raw/piece";
import type { Segment } from "../../raw/token";
import { joined, tokenize } from "../../raw/tokenizer";
import type { Context } from "../../scope/access";
import { SystemContext } from "../../scope/system-context";
import { handWritten, type HandWrittenPart } from "../../sql/hand-written";
import type { TableSource } from "../../sql/table-source";
import { openFor, type Engine } from "../engine";
import { SqlPart, type Template } from "./holes";
import { refuseDuplicates, type SelectedEntity } from "./results";
import { Values } from "./values";

const CONTROL = ["begin", "commit", "end", "rollback", "savepoint", "release"];

/** What stands in one hole, its table opened. */
type Hole =
  | { readonly kind: "rows"; readonly source: TableSource; readonly alias: string | null }
  | { readonly kind: "columns" } & SelectedEntity
  | { readonly kind: "list"; readonly values: readonly unknown[] }
  | { readonly kind: "value"; readonly value: unknown };

/** A statement that is ready to be filled. */
export interface Built {
  readonly compiled: CompiledStatement;
  /** Whether it passed the allow-list, and so reads only. */
  readonly checked: boolean;
  readonly values: readonly unknown[];
  /** The result's columns, or null where the database alone knows them. */
  readonly columns: readonly string[] | null;
  readonly entities: readonly SelectedEntity[];
  /** One of the entities, for errors and the log. */
  readonly model: EntityModel | null;
  /** The tables that its holes open, each once. */
  readonly tables: readonly string[];
  /** What the owner's guards are filled with. */
  readonly owner: unknown;
}

/**
 * Makes a statement of a template: in a user's name by the allow-list; under a system context as it was written, where the
 * allow-list does not know it.
 */
export function build(engine: Engine, scope: Context, template: Template, maxRows: number): Built {
  const { segments, given } = flatten(template);
  const holes = given.map((value) => openHole(engine, scope, value));
  const values = new Values();
  const checked = check(engine, scope, segments, holes);
  if (checked !== null) refuseDuplicates(checked.columns);
  const parts = checked === null ? verbatim(segments, holes, values) : rewritten(checked, holes, values, maxRows);
  const statement = handWritten({ scope, parts, checked: checked !== null });
  const compiled = engine.dialect.compileHandWritten(statement, !engine.interrupts);
  const { maxParameters } = engine.dialect;
  if (compiled.binders.length > maxParameters) throw tooManySqlValues(compiled.binders.length, maxParameters);
  const sources = holes.flatMap((hole) => hole.kind === "rows" ? [hole.source] : []);
  const owned = sources.map((source) => source.access).find((access) => access.kind === "user");
  return {
    compiled, checked: statement.checked, values: values.all, columns: checked?.columns ?? null,
    entities: holes.flatMap((hole) => hole.kind === "columns" ? [hole] : []),
    model: sources[0]?.model ?? null, tables: [...new Set(sources.map((source) => source.model.table))], owner: owned?.key,
  };
}

/** The texts and holes of a template and of those inside it, in their order. */
function flatten(template: Template): { readonly segments: readonly Segment[]; readonly given: readonly unknown[] } {
  const segments: Segment[] = [];
  const given: unknown[] = [];
  const add = ({ texts, holes }: Template): void => texts.forEach((text: unknown, index) => {
    if (typeof text !== "string") throw badEscape();
    segments.push(text);
    if (index === holes.length) return;
    const spec = SqlPart.specOf(holes[index]);
    if (spec?.kind === "fragment") add(spec.template);
    else segments.push(given.push(holes[index]) - 1);
  });
  add(template);
  return { segments, given };
}

function openHole(engine: Engine, scope: Context, value: unknown): Hole {
  const spec = SqlPart.specOf(value);
  switch (spec?.kind) {
    case "rows": return { kind: "rows", source: openFor(engine, modelOf(engine, spec.entity), scope), alias: spec.alias };
    case "columns": {
      const model = modelOf(engine, spec.entity);
      const alias = spec.alias ?? model.table;
      const columns = loadable(model);
      return { kind: "columns", alias, model, columns, labels: columns.map((property) => `${alias}.${property.name}`) };
    }
    case "list": return spec;
    default: return { kind: "value", value };
  }
}

function modelOf(engine: Engine, entity: AnyClass): EntityModel {
  const model = engine.model.modelOf(entity);
  if (model === undefined) throw unknownEntity(entity.name);
  return model;
}

function loadable(model: EntityModel): readonly PropertyModel[] {
  return model.columns.filter((property) => property.select);
}

function shapeOf(hole: Hole): HoleShape {
  switch (hole.kind) {
    case "rows": return {
      kind: "rows", alias: aliasOf(hole), columns: hole.source.model.columns.map(({ column, select }) => ({ name: column, starred: select })),
    };
    case "columns": return { kind: "columns", alias: hole.alias, names: hole.columns.map((property) => property.column), labels: hole.labels };
    default: return { kind: hole.kind };
  }
}

function aliasOf({ source, alias }: Extract<Hole, { kind: "rows" }>): string {
  return alias ?? source.model.table;
}

/** The text as the allow-list understands it; null where it does not, and the system asks. */
function check(engine: Engine, scope: Context, segments: readonly Segment[], holes: readonly Hole[]): CheckedText | null {
  try {
    return checkText(segments, holes.map(shapeOf), engine.dialect.vocabulary);
  } catch (error) {
    if (SystemContext.is(scope) && error instanceof InvalidQueryError) return null;
    throw error;
  }
}

function rewritten({ pieces, limit }: CheckedText, holes: readonly Hole[], values: Values, maxRows: number): readonly HandWrittenPart[] {
  return pieces.map((piece): HandWrittenPart => {
    switch (piece.kind) {
      // One more than allowed tells that there are too many.
      case "limit": return { kind: "limit", slot: values.add(Math.min(ownLimit(limit, holes), maxRows + 1)) };
      case "hole": return filled(holeAt(holes, piece.index), piece.role, values);
      default: return piece;
    }
  });
}

function ownLimit(limit: OwnLimit, holes: readonly Hole[]): number {
  if (limit === null) return Infinity;
  if ("literal" in limit) return limit.literal;
  const hole = holeAt(holes, limit.hole);
  const given = hole.kind === "value" ? hole.value : undefined;
  if (typeof given !== "number" || !Number.isSafeInteger(given) || given < 0) throw badSqlLimit(given);
  return given;
}

function holeAt(holes: readonly Hole[], index: number): Hole {
  const hole = holes[index];
  if (hole === undefined) throw new RangeError(`db.sql has no hole ${index}`);
  return hole;
}

function filled(hole: Hole, role: HoleRole, values: Values): HandWrittenPart {
  switch (hole.kind) {
    case "rows": return { kind: "rows", source: hole.source, alias: aliasOf(hole) };
    case "columns": return { kind: "columns", alias: hole.alias, columns: hole.columns, labels: role === "labelled" ? hole.labels : null };
    case "list": return { kind: "list", items: hole.values.map((value) => values.take(value)) };
    case "value": return values.take(hole.value);
  }
}

/** The text as it was written: one statement, and none that would take transactions out of the framework's hands. */
function verbatim(segments: readonly Segment[], holes: readonly Hole[], values: Values): readonly HandWrittenPart[] {
  const tokens = tokenize(segments);
  const semicolon = tokens.find((token) => token.kind === "foreign" && token.text === ";");
  if (semicolon !== undefined) throw textRefused(semicolon.text, joined(segments), semicolon.offset, semicolon.why);
  const first = tokens[0]?.text.toLowerCase() ?? "";
  if (CONTROL.includes(first)) throw transactionControl(first);
  return segments.map((segment): HandWrittenPart => {
    if (typeof segment === "string") return { kind: "verbatim", text: segment };
    const hole = holeAt(holes, segment);
    return hole.kind === "rows" ? { kind: "bare", source: hole.source, alias: hole.alias } : filled(hole, "labelled", values);
  });
}
