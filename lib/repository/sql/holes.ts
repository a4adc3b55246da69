import { badHelper, notATemplate } from "../../errors/sql-errors";
import type { AnyClass, EntityClass } from "../../metadata/records";

/** What a helper says; only the functions below make one. */
export type HoleSpec =
  | { readonly kind: "rows"; readonly entity: AnyClass; readonly alias: string | null }
  | { readonly kind: "columns"; readonly entity: AnyClass; readonly alias: string | null }
  | { readonly kind: "list"; readonly values: readonly unknown[] }
  | { readonly kind: "fragment"; readonly template: Template };

/** A template as it was written: the texts before, between and behind its holes. */
export interface Template {
  readonly texts: readonly string[];
  readonly holes: readonly unknown[];
}

/** A part of hand-written SQL, made by `table`, `cols`, `list` or `sql`. An object that merely looks like one is none. */
export class SqlPart {
  readonly #spec: HoleSpec;

  constructor(spec: HoleSpec) {
    this.#spec = Object.freeze(spec);
    Object.freeze(this);
  }

  /** The part's meaning, or undefined for any other value. */
  static specOf(value: unknown): HoleSpec | undefined {
    return typeof value === "object" && value !== null && #spec in value ? value.#spec : undefined;
  }
}

/**
 * The rows of an entity in `db.sql`: those of the context's owner where the entity is owned, all of them where it is public.
 *
 * @param alias what the text calls them; default the table's name
 * @example
 * await db.sql(ctx)`select count(*) as n from ${table(Task, "t")} where t.done = ${false}`.rows();
 * @throws InvalidQueryError for what is no class, and for an alias that is not a plain word
 */
export function table(entity: AnyClass, alias?: string): SqlPart {
  return new SqlPart({ kind: "rows", ...named("table", entity, alias) });
}

/**
 * All columns of an entity in `db.sql`, for `all({ … })` to make entities of.
 *
 * @param alias what the text calls the rows that have them; default the table's name
 * @example
 * await db.sql(ctx)`select ${cols(Task, "t")} from ${table(Task, "t")}`.all({ t: Task });
 * @throws InvalidQueryError for what is no class, and for an alias that is not a plain word
 */
export function cols(entity: AnyClass, alias?: string): SqlPart {
  return new SqlPart({ kind: "columns", ...named("cols", entity, alias) });
}

/**
 * Several values behind IN in `db.sql`; an empty list holds nothing.
 *
 * @example
 * await db.sql(ctx)`select t.title from ${table(Task, "t")} where t.status in ${list(["open", "late"])}`.rows();
 * @throws InvalidQueryError for what is no array
 */
export function list(values: readonly unknown[]): SqlPart {
  if (!Array.isArray(values)) throw badHelper("list", "an array of values", values);
  return new SqlPart({ kind: "list", values: Object.freeze(Array.from(values as readonly unknown[])) });
}

/**
 * A part of a text for `db.sql`, to be put into its holes; the whole is checked as if it had been written in one.
 *
 * @example
 * const recent = sql`t.created_at > ${since}`;
 * await db.sql(ctx)`select t.title from ${table(Task, "t")} where ${recent}`.rows();
 * @throws InvalidQueryError when it is called with anything but a template
 */
export function sql(texts: TemplateStringsArray, ...holes: readonly unknown[]): SqlPart {
  return new SqlPart({ kind: "fragment", template: templateOf(texts, holes) });
}

/** Checks that a tag was called as one: text from elsewhere must never become SQL by mistake. */
export function templateOf(texts: unknown, holes: readonly unknown[]): Template {
  const { raw } = (typeof texts === "object" && texts !== null ? texts : {}) as { readonly raw?: unknown };
  if (!Array.isArray(texts) || !Array.isArray(raw) || raw.length !== texts.length || texts.length !== holes.length + 1) throw notATemplate(texts);
  return Object.freeze({ texts: texts as readonly string[], holes: Object.freeze(holes.slice()) });
}

/** Says that `all({ … })` may find no row of the entity, as behind a LEFT JOIN, and gives null there. */
export class Optional<out E extends object> {
  readonly #entity: EntityClass<E>;

  constructor(entity: EntityClass<E>) {
    this.#entity = entity;
    Object.freeze(this);
  }

  /** The entity's class, or undefined for any other value. */
  static entityOf(value: unknown): EntityClass | undefined {
    return typeof value === "object" && value !== null && #entity in value ? value.#entity : undefined;
  }
}

/**
 * In `all({ … })` of `db.sql`: an entity that a row may lack.
 *
 * @example
 * await query.all({ t: Task, p: optional(Project) });
 * @throws InvalidQueryError for what is no class
 */
export function optional<E extends object>(entity: EntityClass<E>): Optional<E> {
  if (typeof entity !== "function") throw badHelper("optional", "an entity class", entity);
  return new Optional(entity);
}

function named(helper: string, entity: unknown, alias: unknown): { readonly entity: AnyClass; readonly alias: string | null } {
  if (typeof entity !== "function") throw badHelper(helper, "an entity class", entity);
  if (alias !== undefined && (typeof alias !== "string" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(alias))) {
    throw badHelper(helper, "an alias of letters, digits and _", alias);
  }
  return { entity: entity as AnyClass, alias: alias ?? null };
}
