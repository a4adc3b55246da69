/** One way in which the database and the model disagree. */
export interface SchemaDifference {
  /** Empty for what belongs to no table, such as a role. */
  readonly entity: string;
  readonly table: string;
  readonly kind:
    | "table" | "column" | "type" | "nullability" | "default" | "primaryKey" | "unique" | "index" | "foreignKey" | "check" | "trigger"
    | "partition" | "rowSecurity" | "policy" | "grant" | "role";
  /** The column or constraint concerned, where there is one. */
  readonly name: string | undefined;
  /** `missing`: the model wants it; `unexpected`: only the database has it; `different`: both have it, not alike. */
  readonly state: "missing" | "unexpected" | "different";
  /** What the model wants, and what the database has, as text. */
  readonly wanted: string | undefined;
  readonly found: string | undefined;
  readonly message: string;
  /** What would mend it: statements, where such alone do it safely, or words. */
  readonly mend: string;
}

/** What is found before it is put into words. */
export type Detail = Pick<SchemaDifference, "kind" | "state"> & Partial<Pick<SchemaDifference, "name" | "wanted" | "found">>;
