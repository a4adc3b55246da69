import type { Scope } from "../scope/access";
import type { TableSource } from "../sql/table-source";
import { openFor } from "./engine";
import { checkOptions } from "./options";
import type { EntityUnit } from "./unit";

/** A read's table, and its options, checked. */
export interface OpenedRead<O extends object> {
  readonly source: TableSource;
  readonly asked: Partial<O>;
}

/** Opens the table of a read, deleted rows and all where it asks for them; a missing context comes before any other fault. */
export function openRead<E extends object, O extends object>(
  { engine, model }: EntityUnit<E>, scope: Scope, options: O | undefined, known: readonly string[],
): OpenedRead<O> {
  const source = openFor(engine, model, scope);
  const asked = checkOptions(model, options, known);
  const { withDeleted } = asked as { readonly withDeleted?: unknown };
  return { source: withDeleted === true ? openFor(engine, model, scope, "all") : source, asked };
}
