export { Database } from "./database";
export { postgres } from "./driver/postgres/postgres-driver";
export { betterSqlite3 } from "./driver/sqlite/better-sqlite3-driver";
export { sqlite3 } from "./driver/sqlite/sqlite3-driver";

export { AltKey } from "./decorators/alt-key";
export { Column } from "./decorators/column";
export { Index, Unique } from "./decorators/constraints";
export { Entity, SubEntity } from "./decorators/entity";
export { Enum } from "./decorators/enum";
export { ForeignKey } from "./decorators/foreign-key";
export { AfterLoad, BeforeDelete, BeforeInsert, BeforeUpdate } from "./decorators/hooks";
export { Json } from "./decorators/json";
export { JsonType } from "./decorators/json-type";
export { CreatedAt, DeletedAt, UpdatedAt, Version } from "./decorators/kept";
export { PrimaryKey } from "./decorators/primary-key";
export { ManyToMany, ManyToOne, OneToMany, OneToOne } from "./decorators/relations";
export { SelfOwned } from "./decorators/self-owned";
export { SystemOwned } from "./decorators/system-owned";
export { UserOwned } from "./decorators/user-owned";

export { User } from "./entities/user";
export { UserInfo } from "./entities/user-info";
export { UserOwnedEntity } from "./entities/user-owned-entity";
export { runWithContext } from "./scope/ambient-context";
export { UserContext } from "./scope/user-context";

export { diagnose } from "./doctor/diagnose";
export { introspect } from "./introspect/introspect";

export { connect } from "./repository/connect";
export {
  between, contains, eq, gt, gte, ilike, isNull, jsonPath, like, lt, lte, ne, notOneOf, oneOf, startsWith,
} from "./repository/operators";
export { all, and, every, none, not, or, some } from "./repository/where";

export { cols, list, optional, sql, table } from "./repository/sql/holes";

export { FreeholdError } from "./errors/freehold-error";
export {
  AccessViolationError, CheckViolationError, ConnectionError, ContextRequiredError, DatabaseClosedError, DataError,
  ForeignKeyViolationError, InvalidQueryError, MigrationError, ModelError, NotFoundError, StaleEntityError, TransactionError,
  UniqueViolationError, ValidationError,
} from "./errors/classes";

export type { Diagnosis, Finding, FindingCode, Severity } from "./doctor/finding";
export type { RepositoryFor, Transaction } from "./database";
export type { FreeholdConfig } from "./freehold-config";
export type { EntityOptions } from "./decorators/entity";
export type { Driver } from "./driver/driver";
export type { HashPartitions, SchemaObject } from "./dialect/dialect";
export type {
  DatabasePlace, PoolState, StatementFacts, StatementOutcome, Stretch, Telemetry, TelemetryFailure, TelemetryTarget, TelemetryWatch, WorkFacts, WorkOutcome,
} from "./driver/telemetry";
export type { PostgresOptions, RowSecurityOptions } from "./driver/postgres/postgres-options";
export type { BetterSqlite3Options } from "./driver/sqlite/better-sqlite3-driver";
export type { Sqlite3Options } from "./driver/sqlite/sqlite3-driver";
export type { IsolationLevel, TransactionOptions } from "./driver/transaction-options";
export type { ModelFault, ValidationFault } from "./errors/classes";
export type { ErrorCode } from "./errors/error-codes";
export type { IntrospectedEntity, Introspection, IntrospectOptions } from "./introspect/introspect";
export type { SourceFile } from "./introspect/source";
export type { OwnerId, SystemId } from "./metadata/owner-id";
export type {
  ColumnOptions, ColumnType, Deferrable, EntityClass, EnumSource, ForeignKeyOptions, ForeignKeyTarget, IndexOptions, ManyToManyOptions, OneToOneOptions,
  PrimaryKeyOptions, ReferentialAction, UniqueOptions,
} from "./metadata/records";
export type { Many, One, ToMany, ToOne } from "./metadata/relation";
export type { NamingStrategy } from "./model/naming";
export type { AggregateRequest, AggregateResult, AggregateRow } from "./repository/aggregate-types";
export type { AltKeyValues } from "./repository/alt-keys";
export type { Connect } from "./repository/connect";
export type { Amounts, Data, Id, InsertData, RelationData } from "./repository/data";
export type { Explanation } from "./repository/explain";
export type { LogEvent, Logger } from "./repository/log";
export type { DatabaseOptions } from "./repository/open-options";
export type { Operator, PathCondition, PathValue } from "./repository/operators";
export type { CollectionOptions, Loaded, RelationOptions, With } from "./repository/loaded";
export type {
  BulkOptions, CallOptions, CountOptions, DeleteOptions, FindOptions, PageOptions, ReadOptions, RemoveOptions, StreamOptions, UpsertManyOptions, UpsertOptions, WriteOptions,
} from "./repository/options";
export type { Direction, Order } from "./repository/ordering";
export type { Page } from "./repository/pages";
export type { Optional, SqlPart } from "./repository/sql/holes";
export type { SqlOptions } from "./repository/sql/options";
export type { Sql, SqlQuery, SqlTag, SystemSqlQuery } from "./repository/sql/query";
export type { MappedRow, ResultMapping, ResultType, ResultTypes } from "./repository/sql/results";
export type { OwnedRepository } from "./repository/owned-repository";
export type { Repository } from "./repository/repository";
export type { Selection } from "./repository/selection";
export type { Combined, Condition, Quantified, Where } from "./repository/where";
export type { SchemaDifference } from "./schema/schema-difference";
export type { Schema } from "./schema/schema";
export type { Context } from "./scope/access";
export type { LogScope } from "./scope/log-scope";
export type { SystemContext } from "./scope/system-context";
export type { ContextOptions, OwnerKey } from "./scope/user-context";
