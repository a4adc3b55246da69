import type { IdentityFollower } from "../dialect";
import { databaseName, quoteIdentifier, quoteLiteral } from "./postgres-names";

/**
 * Ids that came along with their rows: the sequence must not give them again. The lock keeps every other insert into the table out
 * until the transaction ends, and waits for those under way: between looking at the sequence and moving it, nobody may draw from it.
 */
export const followIdentity: IdentityFollower = ({ table }, key) => {
  const name = quoteIdentifier(table);
  const sequence = `pg_get_serial_sequence(${quoteLiteral(name)}, ${quoteLiteral(databaseName(key.column))})::regclass`;
  return {
    before: `lock table ${name} in share row exclusive mode`,
    after: `select setval(${sequence}, $1::bigint) where $1::bigint > coalesce(pg_sequence_last_value(${sequence}), 0)`,
  };
};
