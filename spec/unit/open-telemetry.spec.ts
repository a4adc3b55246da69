import { Database, sqlite3, User } from "freehold";
import { openTelemetry, type OpenTelemetryOptions } from "freehold/opentelemetry";
import { postgresDialect } from "../../lib/dialect/postgres/postgres-dialect";
import { sqliteDialect } from "../../lib/dialect/sqlite/sqlite-dialect";
import { statementFailure } from "../../lib/driver/failure";
import { describe as described } from "../../lib/opentelemetry/describe";

describe("openTelemetry", () => {
  it.each<readonly [unknown, RegExp]>([
    [null, /openTelemetry\(\{ options \}\) was given null/],
    [{ tracer: "app" }, /openTelemetry\(\{ tracer \}\) was given a string of 3 characters: expected a tracer/],
    [{ meter: {} }, /openTelemetry\(\{ meter \}\) was given a plain object: expected a meter/],
    [{ queryText: "no" }, /queryText \}\) was given a string of 2 characters: expected true or false/],
    [{ ownerKey: 1 }, /ownerKey \}\) was given the number 1: expected true or false/],
    [{ poolName: "" }, /poolName \}\) was given an empty string: expected a name/],
    [{ parameters: true }, /unknown option "parameters": its options are tracer, meter, queryText, ownerKey, poolName/],
  ])("refuses options that it cannot use: %j", (options, message) => {
    expect(() => openTelemetry(options as OpenTelemetryOptions)).toThrow(message);
    expect(() => openTelemetry(options as OpenTelemetryOptions)).toThrow(expect.objectContaining({ code: "CONNECTION_ERROR", retryable: false }));
  });

  it.each([{}, null, openTelemetry, "on"])("is what Database.open takes, and nothing else: %p", async (telemetry) => {
    const opening = Database.open({ driver: sqlite3({ file: ":memory:" }), entities: [User], telemetry: telemetry as never });
    await expect(opening).rejects.toThrow(/Database\.open\(\{ telemetry \}\) was given .*: expected what openTelemetry\(\) of freehold\/opentelemetry returns/);
  });
});

describe("a statement's name", () => {
  const facts = { sql: "select 1", entity: undefined, operation: "sql", scope: { kind: "public" } } as const;

  it("stays short, and cuts no table's name", () => {
    const tables = Array.from({ length: 50 }, (_, index) => `table_number_${index}`);
    const { name } = described({ ...facts, handWritten: true, tables }, "app");
    expect(name.length).toBeLessThanOrEqual(255);
    expect(name).toBe(["SELECT", ...tables.slice(0, name.split(" ").length - 1)].join(" "));
    expect(name.split(" ").length).toBeGreaterThan(10);
  });

  it("falls back to the database's where no table is known", () => {
    expect(described({ ...facts, handWritten: false, tables: [] }, "app").name).toBe("SELECT app");
    expect(described({ ...facts, handWritten: false, tables: [] }, undefined).name).toBe("SELECT");
  });
});

describe("a failed statement", () => {
  const native = (code: string, severity?: string) => Object.assign(new Error("canary"), { code, severity });
  const failed = (dialect: typeof sqliteDialect, error: unknown, handWritten = false) =>
    statementFailure(dialect.toError(error, { model: null, operation: "find", handWritten }), handWritten, dialect);

  it("has the database's code where it is the database's, and none of the network's", () => {
    const postgres = postgresDialect({ rls: null, layout: null });
    expect(failed(postgres, native("23505", "ERROR"))).toMatchObject({ type: "UNIQUE_VIOLATION", status: "23505" });
    expect(failed(postgres, native("P0001", "ERROR"))).toMatchObject({ type: "INVALID_QUERY", status: "P0001" });
    for (const code of ["EPIPE", "ECONNRESET"]) expect(failed(postgres, native(code))).toMatchObject({ type: "INVALID_QUERY", status: undefined });
    expect(failed(sqliteDialect, native("SQLITE_BUSY"))).toMatchObject({ type: "CONNECTION_ERROR", status: "SQLITE_BUSY" });
  });

  it("has no words of the driver's", () => {
    const failures = [false, true].map((handWritten) => failed(sqliteDialect, native("SQLITE_ERROR"), handWritten));
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining("refused the statement"), undefined]);
    expect(JSON.stringify(failures)).not.toContain("canary");
    expect(statementFailure(new Error("canary"), false, sqliteDialect)).toMatchObject({ type: "ABORTED", name: "Error", message: undefined });
  });
});
