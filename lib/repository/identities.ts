import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { SqlValue } from "../sql/sql-value";
import type { TableSource } from "../sql/table-source";
import { perform, type Engine } from "./engine";

/** Statements around the writing of rows, in one transaction with it. */
export interface Following {
  before(): Promise<void>;
  /** Behind each statement that writes some of the rows. */
  after(rows: readonly { readonly values: readonly unknown[] }[]): Promise<void>;
}

/**
 * Rows may bring ids along that the database counts otherwise, as imports do: where the engine's counter would give them again, it
 * is moved behind the greatest of them. Null where nothing has to follow.
 */
export function followed(
  engine: Engine, source: TableSource, rows: readonly { readonly values: readonly unknown[] }[],
  call: { readonly operation: string; readonly signal: AbortSignal | undefined },
): Following | null {
  const { followIdentity } = engine.dialect;
  const key = identityKey(source.model);
  // A user chooses no ids.
  if (followIdentity === null || key === undefined || source.access.kind === "user") return null;
  const greatestOf = (some: typeof rows): number =>
    some.reduce((most, { values }) => Math.max(most, (values[key.position] as number | null | undefined) ?? 0), 0);
  if (greatestOf(rows) < 1) return null;
  const { before, after } = followIdentity(source.model, key);
  const run = async (sql: string, parameters: readonly SqlValue[]): Promise<void> => {
    await perform(engine, {
      statement: { sql, readOnly: false, returnsRows: parameters.length > 0, binders: [] }, parameters,
      scope: source.scope, operation: call.operation, model: source.model, table: source.model.table, options: { signal: call.signal },
    });
  };
  return {
    before: () => run(before, []),
    after: async (some) => {
      const greatest = greatestOf(some);
      if (greatest > 0) await run(after, [greatest]);
    },
  };
}

function identityKey(model: EntityModel): PropertyModel | undefined {
  return model.columns.find((property) => property.generated === "identity");
}
