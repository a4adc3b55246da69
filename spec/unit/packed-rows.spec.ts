import { createRequire } from "node:module";
import fc from "fast-check";
import { Column, Database, Entity, PrimaryKey, sqlite3 as driver } from "freehold";
import { packRows } from "../../lib/dialect/sqlite/sqlite-packed";
import type { SqlText } from "../../lib/driver/driver";
import type { NativeConnection } from "../../lib/driver/sqlite/native-connection";
import { openSqlite3, type Sqlite3Module } from "../../lib/driver/sqlite/sqlite3-connection";

const sqlite3 = createRequire(__filename)("sqlite3") as Sqlite3Module;

const INTEGER = { type: "integer", values: null } as const;
const REAL = { type: "real", values: null } as const;
const TEXT = { type: "text", values: null } as const;

/** The package, telling which statements it prepares. */
function watched(seen: string[]): Sqlite3Module {
  const { Statement } = sqlite3;
  return {
    Database: sqlite3.Database, OPEN_READONLY: sqlite3.OPEN_READONLY, OPEN_READWRITE: sqlite3.OPEN_READWRITE,
    OPEN_CREATE: sqlite3.OPEN_CREATE, OPEN_FULLMUTEX: sqlite3.OPEN_FULLMUTEX,
    Statement: new Proxy(Statement, { construct: (target, [database, sql, callback]: ConstructorParameters<typeof Statement>) => {
      seen.push(sql);
      return new target(database, sql, callback);
    } }),
  };
}

let connection: NativeConnection;
let prepared: string[];

beforeEach(async () => {
  connection = await openSqlite3(watched(prepared = []), ":memory:", false);
});

afterEach(async () => connection.close());

function statement(sql: string, columns: Parameters<typeof packRows>[1]): SqlText {
  const packed = packRows(sql, columns);
  return { sql, readOnly: true, returnsRows: true, ...(packed === null ? {} : { packed }) };
}

/** What the rows are as a text for each column, and one by one; `asOne`: whether they came as texts of columns. */
async function bothWays(sql: string, columns: Parameters<typeof packRows>[1], parameters: readonly (string | number)[] = []) {
  const text = statement(sql, columns);
  prepared.length = 0;
  const packed = await connection.execute(text, parameters, undefined);
  const asOne = !prepared.includes(sql);
  const plain = await connection.execute({ sql, readOnly: true, returnsRows: true }, parameters, undefined);
  expect(packed.changes).toBe(plain.changes);
  return { packed: packed.rows, plain: plain.rows, asOne };
}

/** Equal to the bit. */
function expectSame(found: readonly (readonly unknown[])[], wanted: readonly (readonly unknown[])[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((row, index) => row.forEach((value, position) => {
    const other = wanted[index]?.[position];
    if (!Object.is(value, other)) expect(value).toEqual(other);
  }));
}

describe("rows as one text for each column", () => {
  it("of all doubles are those doubles", async () => {
    await connection.script("create table t (c0 real)");
    const doubles = [
      ...fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 20_000),
      0, 0.1, 0.1 + 0.2, 1 / 3, 1.0000000000000002, 5e-324, -5e-324, 2.2250738585072014e-308, 2 ** -1030, Number.MAX_VALUE, -Number.MAX_VALUE, 1e22, 123456789012345680000, 2 ** 53, 4.35,
    ];
    // As parameters: SQLite does not read the digits of a text as the nearest double.
    for (let from = 0; from < doubles.length; from += 1_000) {
      const some = doubles.slice(from, from + 1_000);
      await connection.execute({ sql: `insert into t values ${some.map(() => "(?)").join(", ")}`, readOnly: false, returnsRows: false }, some, undefined);
    }
    const { packed, plain, asOne } = await bothWays("select c0 from t order by rowid limit -1", [REAL]);
    expect(asOne).toBe(true);
    expectSame(packed, plain);
    expectSame(packed, doubles.map((value) => [value + 0]));
  });

  it("of whole numbers are those numbers, integers beyond 2^53 included", async () => {
    await connection.script("create table t (c0); insert into t values (1), (null), (9007199254740991), (9007199254740993), (9223372036854775807), (-9223372036854775808), (-1), ('1'), ('two')");
    const { packed, plain, asOne } = await bothWays("select c0 from t order by rowid limit -1", [INTEGER]);
    expect(asOne).toBe(true);
    expectSame(packed, plain);
    expect(packed.slice(0, 2)).toEqual([[1], [null]]);
  });

  it.each(["1.0", "1.0000000000000002", "1.5", "-0.0", "1e300", "1e15", "9007199254740992.0", "5e-324", "9e999", "-9e999"])("of the double %s where whole numbers are wanted are read one by one, and show what they are", async (value) => {
    await connection.script(`create table t (c0); insert into t values (1), (null), (${value})`);
    const { packed, plain, asOne } = await bothWays("select c0 from t order by rowid limit -1", [INTEGER]);
    expect(asOne).toBe(false);
    expectSame(packed, plain);
  });

  it("of several columns of numbers say of each what it is", async () => {
    await connection.script("create table t (c0, c1, c2); insert into t values (1, 0.1 + 0.2, 'a'), (null, null, null), (3, 4, 'b')");
    const { packed, plain, asOne } = await bothWays("select c0, c1, c2 from t order by rowid limit -1", [INTEGER, REAL, TEXT]);
    expect(asOne).toBe(true);
    expect(packed).toEqual(plain);
    expect(packed).toEqual([[1, 0.1 + 0.2, "a"], [null, null, null], [3, 4, "b"]]);
  });

  it("of integers of 64 bits, which are read as text, are that text", async () => {
    const { packed, asOne } = await bothWays("select cast(9223372036854775807 as text) as c0, cast(null as text) as c1 limit -1", [{ type: "bigint", values: null }, { type: "bigint", values: null }]);
    expect(asOne).toBe(true);
    expect(packed).toEqual([["9223372036854775807", null]]);
  });

  it("of infinities are infinite", async () => {
    await connection.script("create table t (c0); insert into t values (9e999), (-9e999), (1)");
    const { packed, plain, asOne } = await bothWays("select c0 from t order by rowid limit -1", [REAL]);
    expect(asOne).toBe(true);
    expect(packed).toEqual([[Infinity], [-Infinity], [1]]);
    expect(packed).toEqual(plain);
  });

  it.each([
    ["blobs among texts", "x'31'", TEXT], ["blobs among numbers", "x'31'", INTEGER], ["empty blobs", "x''", TEXT],
    ["numbers among texts", "1", TEXT], ["doubles among texts", "0.1 + 0.2", TEXT],
  ])("of %s are read one by one, and so from then on", async (_, value, property) => {
    await connection.script(`create table t (c0); insert into t values (null), (${value})`);
    const sql = "select c0 from t order by rowid limit -1";
    const { packed, plain, asOne } = await bothWays(sql, [property]);
    expect(asOne).toBe(false);
    expect(packed).toEqual(plain);
    prepared.length = 0;
    expect((await connection.execute(statement(sql, [property]), [], undefined)).rows).toEqual(plain);
    expect(prepared).toEqual([]);
  });

  it("are not asked for where a blob is selected", () => {
    expect(packRows("select c0 from t limit -1", [{ type: "blob", values: null }])).toBeNull();
  });

  it("of any text are that text: U+0000, all of Unicode, and bytes that are none", async () => {
    await connection.script("create table t (c0)");
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    const texts = [
      ...["", "\u0000", "a\u0000b", "\u0000\u0000", "\ufeff", "\ufeffa", "\u2028\u2029", "\"\\/\b\f\n\r\t\u0001\u001f\u007f\u0080", "😀", "\uffff"].map((text) => hex(Buffer.from(text))),
      // Cut off, overlong, surrogates by themselves and in pairs, beyond Unicode, bytes that never occur.
      "ff", "c3", "e282", "f09f98", "61c3", "c328", "e28261", "f09f9861", "c080", "eda080", "edb080", "eda080edb080", "f4908080", "f8888080", "80", "bf80", "41ff42",
      ...fc.sample(fc.uint8Array({ maxLength: 12 }), 3_000).map(hex),
      ...fc.sample(fc.array(fc.constantFrom(0x00, 0x22, 0x5c, 0x2f, 0x61, 0x7f, 0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xa0, 0xf0, 0x90, 0xf4, 0xff), { maxLength: 8 }), 3_000).map((bytes) => hex(Uint8Array.from(bytes))),
    ];
    await connection.execute({ sql: "insert into t select cast(unhex(value) as text) from json_each(?)", readOnly: false, returnsRows: false }, [JSON.stringify(texts)], undefined);
    const { packed, plain, asOne } = await bothWays("select c0 from t order by rowid limit -1", [TEXT]);
    expect(asOne).toBe(true);
    expect(packed).toHaveLength(texts.length);
    expectSame(packed, plain);
    expect(packed.slice(1, 3)).toEqual([["\u0000"], ["a\u0000b"]]);
  });

  it("of a database of UTF-16 are read one by one, half a surrogate included", async () => {
    await connection.script("pragma encoding = 'UTF-16le'; create table t (c0); insert into t values ('a'), (cast(x'610000d8' as text))");
    const { packed, plain, asOne } = await bothWays("select c0 from t order by rowid limit -1", [TEXT]);
    expect(asOne).toBe(false);
    expect(packed).toEqual(plain);
  });

  it("of none are none", async () => {
    const { packed, asOne } = await bothWays("select 1 as c0 where 1 = 0 limit -1", [INTEGER]);
    expect({ packed, asOne }).toEqual({ packed: [], asOne: true });
  });

  it("that would be too long are read one by one", async () => {
    await connection.script("create table t (c0); insert into t select printf('%.*c', 1000000, 'x') from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 34) select i from n)");
    const { packed, plain, asOne } = await bothWays("select c0 from t limit -1", [TEXT]);
    expect(asOne).toBe(false);
    expect(packed.length).toBe(34);
    expectSame(packed, plain);
  });

  it.each(["off", "on"])("keep their order, with reverse_unordered_selects = %s", async (reverse) => {
    await connection.script(`pragma reverse_unordered_selects = ${reverse}; create table t (id integer primary key, a, b); create index i on t (a, id);`
      + "insert into t (a, b) select abs(random()) % 50, abs(random()) % 1000 from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 6000) select i from n)");
    const select = "select id as c0, a as c1, b as c2 from t";
    for (const rest of [
      "order by id limit -1", "order by id desc limit -1", "order by a, id limit -1", "order by a desc, id limit -1", "order by b desc, id limit -1", "order by b, id limit 300",
      "order by a, id limit 300 offset 3000", "where a in (1, 2, 30, 40) order by b, id limit -1", "order by (select x.b from t as x where x.id = t.a), id limit -1",
    ]) {
      const { packed, plain, asOne } = await bothWays(`${select} ${rest}`, [INTEGER, INTEGER, INTEGER]);
      expect(asOne).toBe(true);
      expect(packed.length).toBeGreaterThan(200);
      expectSame(packed, plain);
    }
    const { packed, plain, asOne } = await bothWays(
      `select c0, c1 from (${select.replace(", b as c2", ", row_number() over (partition by a order by b desc, id) as n")}) as g where n <= ? order by n limit -1`, [INTEGER, INTEGER], [7]);
    expect([asOne, packed.length]).toEqual([true, 350]);
    expect(packed).toEqual(plain);
  });

  it.each([900, 1_500, 2_000])("are what they are one by one, with %i columns too", async (count) => {
    const columns = Array.from({ length: count }, () => INTEGER);
    const { packed, plain } = await bothWays(`select ${columns.map((_, index) => `${index} as c${index}`).join(", ")} limit -1`, columns);
    expect(packed).toEqual(plain);
  });

  it("fail as the statement itself does", async () => {
    await expect(bothWays("select c0 from nowhere limit -1", [INTEGER])).rejects.toThrow("no such table: nowhere");
  });
});

@Entity()
class Line {
  @PrimaryKey() id!: number;
  @Column({ type: "text" }) text!: string;
}

it("rows are read as one text for each column where more than a few may come", async () => {
  const seen: string[] = [];
  const { Statement } = sqlite3;
  Object.assign(sqlite3, { Statement: watched(seen).Statement });
  const db = await Database.open({ driver: driver({ file: ":memory:" }), entities: [Line] });
  try {
    await db.schema.ensure();
    const lines = db.repository(Line);
    await lines.insertMany(Array.from({ length: 20 }, (_, index) => ({ text: `line ${index}` })));
    const asOne = async (read: () => Promise<unknown>): Promise<readonly boolean[]> => {
      seen.length = 0;
      await read();
      return seen.map((sql) => sql.includes("json_group_array"));
    };
    expect(await asOne(async () => lines.find())).toEqual([true]);
    expect(await asOne(async () => lines.find({}, { limit: 9 }))).toEqual([true]);
    expect(await asOne(async () => lines.find({}, { limit: 8 }))).toEqual([false]);
    expect(await asOne(async () => lines.findById(1))).toEqual([false]);
    expect(await asOne(async () => Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(async (id) => lines.findById(id))))).toEqual([false]);
    expect(await asOne(async () => Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map(async (id) => lines.findById(id))))).toEqual([true]);
  } finally {
    await db.close();
    Object.assign(sqlite3, { Statement });
  }
});
