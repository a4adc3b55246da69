/** A schema that another project publishes, written here by hand after its documentation. */
export interface Published {
  readonly title: string;
  /** Where it is described. */
  readonly source: string;
  readonly sqlite: readonly string[];
  readonly postgres: readonly string[];
  /** Rows put in past the library. */
  readonly rows: readonly string[];
  /** Tables that become entities, with their classes. */
  readonly classes: Readonly<Record<string, string>>;
  /** Tables and views that do not. */
  readonly left: { readonly sqlite: readonly string[]; readonly postgres: readonly string[] };
}
