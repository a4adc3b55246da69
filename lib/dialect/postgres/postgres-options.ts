import type { HashPartitions } from "../dialect";

/** What the schema of a PostgreSQL database is made with. */
export interface PostgresSchemaOptions {
  /** Row-level security, and the roles that it is about; null: none. */
  readonly rls: null | PostgresRoles;
  /** How the rows of owned entities are laid out; null: in one table each. */
  readonly layout: null | HashPartitions;
}

export interface PostgresRoles {
  /** The role that statements under a system context take. */
  readonly systemRole: string;
  /** The role whose rights the application's login roles have; null: the login role owns the tables itself. */
  readonly applicationRole: string | null;
  /** The role that owns the tables; null: whoever creates them. */
  readonly ownerRole: string | null;
}
