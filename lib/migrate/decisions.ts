import { badFill, badRename } from "../errors/migration-errors";

/** What nobody can tell by comparing two models. */
export interface Decisions {
  /** What got another name: `Old=New` for an entity, `Entity.old=Entity.new` for a property. */
  readonly renames?: readonly string[] | undefined;
  /**
   * SQL for the values of a column that rows have none for, as `Entity.property=expression`: of a new one, of one that may be null no
   * longer, of one whose type changes. It may speak of the table's columns as they were before.
   */
  readonly fills?: readonly string[] | undefined;
  /** The same for the values of all rows: of a column whose values are to be written in another way. */
  readonly converts?: readonly string[] | undefined;
  /**
   * Answers whether something new is something old under another name; null: it is new. Without it, what may be either is a
   * MigrationError.
   */
  readonly decide?: ((question: RenameQuestion) => Promise<string | null> | string | null) | undefined;
}

/** Whether `added` is one of the candidates under another name. */
export interface RenameQuestion {
  readonly kind: "entity" | "property";
  /** `Note`, or `Note.title`. */
  readonly added: string;
  /** The names, written alike, of what the new model does not have any more. */
  readonly candidates: readonly string[];
}

export interface Rename {
  readonly from: Name;
  readonly to: Name;
}

/** `property` null: the entity itself. */
export interface Name {
  readonly entity: string;
  readonly property: string | null;
}

export interface Fill extends Name {
  readonly expression: string;
}

export function parseRename(text: string): Rename {
  const parts = text.split("=").map((part) => part.trim());
  const [from, to] = parts.map(parseName);
  if (parts.length !== 2 || from === undefined || to === undefined || from.entity === "" || to.entity === "" || (from.property === null) !== (to.property === null)) throw badRename(text);
  return { from, to };
}

export function parseFill(text: string): Fill {
  const place = text.indexOf("=");
  const { entity, property } = parseName(text.slice(0, Math.max(place, 0)).trim());
  const expression = text.slice(place + 1).trim();
  if (place < 0 || entity === "" || property === null || property === "" || expression === "") throw badFill(text);
  return { entity, property, expression };
}

function parseName(text: string): Name {
  const place = text.lastIndexOf(".");
  return place < 0 ? { entity: text, property: null } : { entity: text.slice(0, place), property: text.slice(place + 1) };
}

export function nameText({ entity, property }: Name): string {
  return property === null ? entity : `${entity}.${property}`;
}
