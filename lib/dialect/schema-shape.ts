import type { ColumnType } from "../metadata/records";

/** What a schema consists of, as plain data: a file can keep it, and a later one be compared with it. */
export interface SchemaShape {
  readonly dialect: "sqlite" | "postgres";
  /** In the order in which they are made. */
  readonly tables: readonly TableShape[];
  /** Roles of the server and their rights on the schema: made where they are missing, never taken away. */
  readonly roles: readonly string[];
}

/** A table as the schema wants it, in the database's own words. */
export interface TableShape {
  readonly entity: string;
  readonly table: string;
  readonly columns: readonly ColumnShape[];
  /** What stands beside the columns in CREATE TABLE. */
  readonly constraints: readonly ConstraintShape[];
  /** What stands behind its closing parenthesis. */
  readonly suffix: string;
  /** What is made after the table, in order. */
  readonly parts: readonly PartShape[];
  /** Where the keys are counted for each owner; null: they are not. */
  readonly numbering: NumberingShape | null;
}

export interface NumberingShape {
  /** The table of counters. */
  readonly counters: string;
  /** The columns of the owner and of the key. */
  readonly owner: string;
  readonly key: string;
}

/** A column of a {@link TableShape}. */
export interface ColumnShape {
  readonly property: string;
  readonly column: string;
  /** As values are understood. */
  readonly kind: ColumnType;
  /** As the database stores them. */
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  /** Whether the database counts it. */
  readonly counted: boolean;
  /** Whether it holds another row's key. */
  readonly reference: boolean;
  /** The column as CREATE TABLE has it. */
  readonly definition: string;
  /** What rows get that are there when the column comes, unless somebody says so; null: its default. */
  readonly fill: string | null;
  /** A value like any other, for rows whose own values are gone; null where there is none, as of a reference. */
  readonly neutral: string | null;
}

/** A constraint in a table's CREATE TABLE. */
export interface ConstraintShape {
  readonly kind: "primaryKey" | "unique" | "check" | "foreignKey";
  readonly name: string;
  readonly definition: string;
}

/** What is made after a table and belongs to it: an index, a policy, a grant. */
export interface PartShape {
  readonly kind: "partition" | "index" | "foreignKey" | "trigger" | "rowSecurity" | "policy" | "grant" | "owner";
  /** Tells it from the others of its kind on the table, whatever the table is called. */
  readonly key: string;
  readonly sql: string;
  /** Takes it away; empty where nothing needs to be done. */
  readonly drop: string;
  /** The tables that it speaks of, its own among them. */
  readonly touches: readonly string[];
}

/** Whether a row must bring a value along. */
export function isRequired({ nullable, default: fallback, counted }: ColumnShape): boolean {
  return !nullable && fallback === null && !counted;
}

/** CREATE TABLE, under this name or another. */
export function tableText(quotedName: string, { columns, constraints, suffix }: Pick<TableShape, "columns" | "constraints" | "suffix">): string {
  const lines = [...columns, ...constraints].map(({ definition }) => definition);
  return `create table ${quotedName} (\n  ${lines.join(",\n  ")}\n)${suffix}`;
}
