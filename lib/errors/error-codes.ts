/** The stable code of each kind of {@link FreeholdError}; it never changes between versions. */
export type ErrorCode =
  | "MODEL_ERROR"
  | "VALIDATION_ERROR"
  | "CONTEXT_REQUIRED"
  | "ACCESS_VIOLATION"
  | "NOT_FOUND"
  | "UNIQUE_VIOLATION"
  | "FOREIGN_KEY_VIOLATION"
  | "CHECK_VIOLATION"
  | "STALE_ENTITY"
  | "INVALID_QUERY"
  | "DATA_ERROR"
  | "TRANSACTION_ERROR"
  | "CONNECTION_ERROR"
  | "DATABASE_CLOSED"
  | "MIGRATION_ERROR";
