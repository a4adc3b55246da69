import { postgres, type Database, type Driver, type HashPartitions } from "freehold";

const connectionString = "postgres://app:secret@db.example.org/app";

/** Options of the server's driver. */
export function drivers(): readonly Driver[] {
  return [
    postgres({ connectionString }),
    postgres({ connectionString, rls: true, prepare: false, statementTimeoutMs: 1_000, ssl: { rejectUnauthorized: true }, pool: { max: 5, idleTimeoutMs: 1, acquireTimeoutMs: 1 } }),
    postgres({ connectionString, rls: { systemRole: "s", applicationRole: "a", ownerRole: "o" }, layout: { owned: "hash-partitions", partitions: 4 } }),
    // @ts-expect-error there is nothing to connect to
    postgres({ rls: true }),
    // @ts-expect-error no such option
    postgres({ connectionString, rsl: true }),
    // @ts-expect-error no such option of the pool
    postgres({ connectionString, pool: { size: 5 } }),
    // @ts-expect-error no such role
    postgres({ connectionString, rls: { role: "a" } }),
    // @ts-expect-error no such layout
    postgres({ connectionString, layout: { owned: "range", partitions: 4 } }),
    // @ts-expect-error a whole cluster is laid out by its schema's text alone
    postgres({ connectionString, layout: "citus" }),
  ];
}

/** The text of a schema in a layout. */
export function texts(db: Database, layout: HashPartitions): readonly string[] {
  // @ts-expect-error no such layout
  const wrong = db.schema.sql({ layout: "sharded" });
  return [db.schema.sql(), db.schema.sql({ layout }), db.schema.sql({ layout: "citus" }), wrong];
}
