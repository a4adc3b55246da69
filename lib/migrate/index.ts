export type { SqlStep } from "../dialect/migration-dialect";
export type { ColumnShape, ConstraintShape, PartShape, SchemaShape, TableShape } from "../dialect/schema-shape";
export type { Decisions, RenameQuestion } from "./decisions";
export { listMigrations, loadMigration, writeMigration, type MigrationFile, type ModuleLoader } from "./folder";
export type { CodeMigrationStep, Migration, MigrationConnection, MigrationStep, SqlMigrationStep } from "./migration";
export {
  Migrator, type DownOptions, type MigrationProgress, type MigrationState, type MigrationStatus, type MigratorOptions, type UpOptions,
} from "./migrator";
export { planFound, planMigration, shapeOf, type MigrationPlan, type PlanOptions } from "./plan";
export { readSnapshot, SNAPSHOT_FILE } from "./snapshot";
export { migrationSource, type MigrationLanguage } from "./source";
