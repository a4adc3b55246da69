/** Names of the semantic conventions (1.45); a spec compares them with the package that lists them. */
export const convention = Object.freeze({
  system: "db.system.name",
  namespace: "db.namespace",
  collection: "db.collection.name",
  operation: "db.operation.name",
  summary: "db.query.summary",
  text: "db.query.text",
  returnedRows: "db.response.returned_rows",
  statusCode: "db.response.status_code",
  errorType: "error.type",
  address: "server.address",
  port: "server.port",
  poolName: "db.client.connection.pool.name",
  connectionState: "db.client.connection.state",
});

export const metric = Object.freeze({
  duration: "db.client.operation.duration",
  returnedRows: "db.client.response.returned_rows",
  connections: "db.client.connection.count",
  limit: "db.client.connection.limit",
  pending: "db.client.connection.pending_requests",
  waitTime: "db.client.connection.wait_time",
});

/** What the conventions have no names for. */
export const own = Object.freeze({
  entity: "freehold.entity",
  operation: "freehold.operation",
  scope: "freehold.scope",
  reason: "freehold.system.reason",
  ownerEntity: "freehold.owner.entity",
  ownerKey: "freehold.owner.key",
  actor: "freehold.actor",
  changedRows: "freehold.changed_rows",
  mergedCalls: "freehold.merged_calls",
  waitTime: "freehold.connection.wait_time",
  outcome: "freehold.transaction.outcome",
  attempts: "freehold.transaction.attempts",
  readOnly: "freehold.transaction.read_only",
  streamOutcome: "freehold.stream.outcome",
  streamRows: "freehold.stream.rows",
});

export const systems = Object.freeze({ sqlite: "sqlite", postgres: "postgresql" });
