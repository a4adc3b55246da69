import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { betterSqlite3, type User } from "freehold";
import { createTestDatabase, IsolationError, TestSetupError, type TestDatabase, type TestDatabaseOptions } from "freehold/testing";
import type { TestDatabases } from "../support/databases";

/** A test database for all tests of a block, as applications have them. On a server it is a schema that it makes and drops itself. */
export function testDatabase<O extends object = User>(options: TestDatabaseOptions<O>, databases?: TestDatabases): () => TestDatabase<O> {
  let test: TestDatabase<O> | undefined;
  let folder: string | undefined;
  beforeAll(async () => {
    if (databases?.storage === "file") folder = mkdtempSync(join(tmpdir(), "freehold-testing-"));
    const driver = databases === undefined ? betterSqlite3({ file: ":memory:" }) : databases.driver(folder === undefined ? undefined : join(folder, "test.db"));
    test = await createTestDatabase({ driver, ...options });
  });
  afterAll(async () => {
    await test?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (test === undefined) throw new Error("the test database could not be made");
    return test;
  };
}

/** What was found, by its kind; fails where nothing was. */
export async function leaksOf(check: Promise<unknown>): Promise<IsolationError> {
  const error = await check.then(() => null, (thrown: unknown) => thrown);
  if (error instanceof IsolationError) return error;
  throw new Error(`expected an IsolationError, not ${String(error)}`, { cause: error });
}

export async function refusal(check: () => Promise<unknown>): Promise<string> {
  const error = await check().then(() => null, (thrown: unknown) => thrown);
  if (error instanceof TestSetupError) return error.message;
  throw new Error(`expected a TestSetupError, not ${String(error)}`, { cause: error });
}
