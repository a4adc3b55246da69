export { IsolationError, TestSetupError, type Leak } from "../errors/testing-errors";
export type { Acting, Factory, FactoryFor, FactoryValues, OpenFactory, OwnedFactory } from "./factory";
export type { Isolated, IsolationOptions, Label, SeedUser, Subject } from "./isolation/options";
export type { TestDatabaseOptions } from "./options";
export { sequence, type Sequence } from "./sequence";
export { createTestDatabase, type TestDatabase } from "./test-database";
export type { TestUser } from "./test-user";
