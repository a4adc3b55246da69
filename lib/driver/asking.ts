import type { Ask } from "../dialect/ask";
import type { Dialect } from "../dialect/dialect";
import { FreeholdError } from "../errors/freehold-error";
import type { Session } from "./session";

/** Asks an engine's catalogue on a session; what the engine refuses is a {@link FreeholdError} about the operation. */
export function askOn(session: Session, dialect: Dialect, operation: string): Ask {
  return async (sql, parameters) => {
    try {
      return (await session.execute({ sql, readOnly: true, returnsRows: true }, parameters)).rows;
    } catch (native) {
      throw native instanceof FreeholdError ? native : dialect.toError(native, { model: null, operation });
    }
  };
}
