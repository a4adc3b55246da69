/** Names of a select's columns in their order; null: it has no name. `null` instead of a list: not known (yet). */
export type Columns = readonly (string | null)[] | null;
