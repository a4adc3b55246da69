import { ConnectionError, postgres } from "freehold";
import { databaseName, quoteIdentifier, quoteLiteral } from "../../lib/dialect/postgres/postgres-names";
import { readOptions } from "../../lib/driver/postgres/postgres-options";

const connectionString = "postgres://app:hunter2secret@127.0.0.1:5432/app";

describe("the options of postgres()", () => {
  it("have defaults", () => {
    expect(readOptions({ connectionString })).toEqual({
      connectionString, max: 10, idleTimeoutMs: 30_000, acquireTimeoutMs: 30_000, rls: null, prepare: true, statementTimeoutMs: undefined, ssl: undefined, layout: null,
    });
    expect(readOptions({ connectionString, rls: true }).rls).toEqual({ systemRole: "freehold_system", applicationRole: null, ownerRole: null });
    expect(readOptions({ connectionString, rls: { applicationRole: "shop" } }).rls).toEqual({ systemRole: "freehold_system", applicationRole: "shop", ownerRole: null });
  });

  it.each([
    [{ connectionString: "" }, "connectionString"], [{ connectionString: 5 }, "connectionString"], [{}, "connectionString"], [null, "connectionString"],
    [{ connectionString: "host=x password=hunter2secret" }, "connectionString"], [{ connectionString: "mysql://x" }, "connectionString"],
    [{ connectionString, rsl: true }, '"rsl"'], [{ connectionString, pool: { size: 1 } }, '"pool.size"'], [{ connectionString, pool: 5 }, "pool"],
    [{ connectionString, pool: { max: 0 } }, "pool.max"], [{ connectionString, pool: { max: 1.5 } }, "pool.max"], [{ connectionString, pool: { idleTimeoutMs: 0 } }, "pool.idleTimeoutMs"],
    [{ connectionString, pool: { acquireTimeoutMs: Infinity } }, "pool.acquireTimeoutMs"], [{ connectionString, prepare: "no" }, "prepare"], [{ connectionString, ssl: "yes" }, "ssl"],
    [{ connectionString, statementTimeoutMs: -1 }, "statementTimeoutMs"], [{ connectionString, rls: "on" }, "rls"], [{ connectionString, rls: { systemRole: "" } }, "rls.systemRole"],
    [{ connectionString, rls: { user: "x" } }, '"rls.user"'], [{ connectionString, layout: { owned: "hash-partitions", partitions: 0 } }, "layout.partitions"],
    [{ connectionString, layout: { owned: "range", partitions: 2 } }, "layout.owned"], [{ connectionString, layout: "citus" }, "layout"],
  ])("refuse %j", (options, named) => {
    let error: unknown;
    try {
      postgres(options as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ retryable: false });
    expect((error as Error).message).toContain(named);
    expect((error as Error).message).not.toContain("hunter2");
  });
});

describe("names in PostgreSQL", () => {
  it("are kept up to 63 bytes, and told apart beyond", () => {
    expect(databaseName("a".repeat(63))).toBe("a".repeat(63));
    const [one, other] = [databaseName(`${"a".repeat(70)}1`), databaseName(`${"a".repeat(70)}2`)];
    expect([one, other].map((name) => Buffer.byteLength(name))).toEqual([63, 63]);
    expect(one).not.toBe(other);
    // No character is cut in two.
    const umlauts = databaseName("ä".repeat(60));
    expect(Buffer.byteLength(umlauts)).toBeLessThanOrEqual(63);
    expect(umlauts).toMatch(/^ä+_[0-9a-f]{10}$/);
  });

  it("and texts can be nothing else in a statement", () => {
    expect(quoteIdentifier('a"; drop table b; --')).toBe('"a""; drop table b; --"');
    expect(quoteLiteral("it's")).toBe("'it''s'");
    expect(quoteLiteral("back\\slash'")).toBe("E'back\\\\slash'''");
  });
});
