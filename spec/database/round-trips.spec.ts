import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import fc from "fast-check";
import { Column, Entity, Json, PrimaryKey, type Database } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Level, Sample } from "../support/samples";

class Place { city!: string; size?: number; tags?: unknown; }

@Entity()
class Placed {
  @PrimaryKey() id!: number;
  @Json(() => Place, { nullable: true }) place!: Place | null;
  @Column({ type: "text", nullable: true }) text!: string | null;
}

/** A column as SQLite itself shows it, whatever the library's codecs think. */
interface Raw {
  readonly kind: string;
  readonly hex: string;
  readonly text: string;
  /** Twenty digits, of which a double is known again. */
  readonly digits: string;
}

interface Trip<T> {
  readonly values: fc.Arbitrary<T>;
  /** What is read of what was written; default: the same. */
  readonly read?: (written: T) => unknown;
  /** What SQLite must hold. */
  readonly stored: (written: T) => { readonly kind: string } & Partial<Raw>;
}

const hexOf = (text: string): string => Buffer.from(text, "utf8").toString("hex").toUpperCase();
const pad = (value: number, width: number): string => String(value).padStart(width, "0");
const dayOf = (date: Date): string => `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
const momentOf = (date: Date): string =>
  `${dayOf(date)}T${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}.${pad(date.getUTCMilliseconds(), 3)}Z`;

const unicode = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }), fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("", " ", "\ufeff", "\uffff", "\u{10ffff}", "e\u0301", "\u200f\u05d0", "'\"`\\", "\u0001\u001f\u007f", "a\nb\r\n\t", "null", "1", "x'00'", "--", "%_*?[", "😀".repeat(500)),
).map((text) => text.replaceAll("\u0000", ""));
const moments = fc.oneof(
  fc.date({ min: new Date("0001-01-01T00:00:00.000Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
  fc.constantFrom("0001-01-01T00:00:00.000Z", "0099-12-31T23:59:59.999Z", "1582-10-10T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z",
    "2026-03-29T01:30:00.000Z", "2026-10-25T00:30:00.000Z", "9999-12-31T23:59:59.999Z").map((text) => new Date(text)),
);
const decimalDigits = (least: number): fc.Arbitrary<string> => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: least, maxLength: 30 }).map((list) => list.join(""));
const json = fc.jsonValue({ stringUnit: "binary", maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value).replaceAll("\\u0000", "")) as unknown);

const TRIPS: { readonly [K in Exclude<keyof Sample, "id">]: Trip<NonNullable<Sample[K]>> } = {
  integer: {
    values: fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(0, -0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 40, -(2 ** 40) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER)),
    read: (written) => written + 0, stored: (written) => ({ kind: "integer", text: `${written + 0}` }),
  },
  bigint: {
    values: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(0n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n))),
    stored: (written) => ({ kind: "integer", text: `${written}` }),
  },
  real: {
    values: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 0.1, 1 / 3, 0.1 + 0.2, Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** -1030, Number.MAX_VALUE, 1e22, 123456789012345680000, 5e-324, 2 ** 53, 4.35)),
    read: (written) => written + 0, stored: (written) => ({ kind: "real", digits: `${written + 0}` }),
  },
  decimal: {
    values: fc.tuple(fc.constantFrom("", "-"), decimalDigits(1), fc.option(decimalDigits(1))).map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}`),
    read: plainDecimal, stored: (written) => ({ kind: "text", text: plainDecimal(written) }),
  },
  money: {
    values: fc.integer({ min: -99_999_999, max: 99_999_999 }).map((cents) => `${cents < 0 ? "-" : ""}${Math.floor(Math.abs(cents) / 100)}.${pad(Math.abs(cents) % 100, 2)}`),
    stored: (written) => ({ kind: "text", text: written }),
  },
  boolean: { values: fc.boolean(), stored: (written) => ({ kind: "integer", text: written ? "1" : "0" }) },
  text: { values: unicode, stored: (written) => ({ kind: "text", hex: hexOf(written) }) },
  code: { values: unicode.map((text) => [...text].slice(0, 3).join("")), stored: (written) => ({ kind: "text", hex: hexOf(written) }) },
  uuid: {
    values: fc.tuple(fc.uuid(), fc.boolean()).map(([uuid, upper]) => upper ? uuid.toUpperCase() : uuid),
    read: (written) => written.toLowerCase(), stored: (written) => ({ kind: "text", text: written.toLowerCase() }),
  },
  blob: {
    values: fc.oneof(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)), fc.constantFrom(Buffer.alloc(0), Buffer.from([0]), Buffer.alloc(257, 255))),
    stored: (written) => ({ kind: "blob", hex: written.toString("hex").toUpperCase() }),
  },
  datetime: { values: moments, stored: (written) => ({ kind: "text", text: momentOf(written) }) },
  date: { values: moments.map(dayOf), stored: (written) => ({ kind: "text", text: written }) },
  json: { values: json.filter((value): value is object => value !== null), stored: (written) => ({ kind: "text", hex: hexOf(JSON.stringify(written)) }) },
  color: { values: fc.constantFrom("red", "green", "it's"), stored: (written) => ({ kind: "text", text: written }) },
  level: { values: fc.constantFrom(Level.low, Level.middle, Level.high), stored: (written) => ({ kind: "integer", text: `${written}` }) },
};

function plainDecimal(written: string): string {
  const [, sign = "", digits = ""] = /^(-?)0*(?=\d)(.*)$/.exec(written) ?? [];
  return /[1-9]/.test(digits) ? `${sign}${digits}` : digits;
}

/** Columns past all codecs, the library's and the drivers'. */
const RAW = {
  sqlite: (table: string, column: string) =>
    `select typeof(${column}) as kind, hex(cast(${column} as blob)) as hex, cast(${column} as text) as text, printf('%!.20g', ${column}) as digits from ${table} order by id`,
  // As text of UTC, where the server would write its own time zone's; bytes as they are, everything else as the bytes of its text.
  postgres: (table: string, column: string) => `select kind, text, text as digits, upper(case when kind = 'bytea' then substr(text, 3) else encode(convert_to(text, 'UTF8'), 'hex') end) as hex
    from (select id, pg_typeof(${column})::text as kind, case when pg_typeof(${column})::text = 'timestamp with time zone'
      then to_char(${column}::text::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') else ${column}::text end as text from ${table}) as raw order by id`,
} as const;

/** The types of PostgreSQL's columns. */
const KINDS: { readonly [K in keyof typeof TRIPS]: string } = {
  integer: "bigint", bigint: "bigint", real: "double precision", decimal: "numeric", money: "numeric", boolean: "boolean", text: "text", code: "text", uuid: "uuid",
  blob: "bytea", datetime: "timestamp with time zone", date: "date", json: "jsonb", color: "text", level: "bigint",
};

/** What PostgreSQL must hold: the same, in types of its own, with words for truth, and JSON whose keys it puts in an order of its own. */
function onPostgres(name: keyof typeof TRIPS, value: unknown, trip: Trip<unknown>): { readonly kind: string } & Partial<Raw> {
  const kind = KINDS[name];
  if (name === "json") return { kind };
  if (name === "boolean") return { kind, text: String(value) };
  return { ...trip.stored(value), kind };
}

const RUNS = 1_000;
/** Each of them in four ways, one by one. */
const OTHER_WAYS = 12;

onEveryEngine("round trips", (databases) => {
  let db: Database;

  beforeEach(async () => { db = await databases.open({ entities: [Sample, Placed] }); });

  /** The raw column, in the order of the rows: where that can be, through another program. */
  async function rawColumn(table: string, column: string): Promise<readonly Raw[]> {
    const sql = RAW[databases.dialect](table, `"${column}"`);
    if (databases.shared) return (await databases.outside(databases.placeOf(db), [[sql]]))[0] as readonly Raw[];
    const system = db.system("a raw look");
    const texts = Object.assign([sql], { raw: [sql] }) as unknown as TemplateStringsArray;
    return await db.sql(system)(texts).rows() as unknown as readonly Raw[];
  }

  it.each(Object.keys(TRIPS) as (keyof typeof TRIPS)[])("of %s: 1,000 values, written and read and looked at from outside", async (name) => {
    const trip = TRIPS[name] as Trip<unknown>;
    const read = trip.read ?? ((written: unknown): unknown => written);
    const values = fc.sample(trip.values, RUNS);
    const samples = db.repository(Sample);
    const stored = await samples.insertMany(values.map((value) => ({ [name]: value })));
    const found = await samples.find();
    // Without the blob among the columns, rows may travel in another way.
    const alone = await samples.find({}, { select: ["id", name] });
    const raw = await rawColumn("sample", name);
    expect([stored.length, found.length, alone.length, raw.length]).toEqual([RUNS, RUNS, RUNS, RUNS]);
    values.forEach((value, index) => {
      const wanted = read(value);
      for (const row of [stored[index], found[index], alone[index]]) expectSame(row?.[name], wanted);
      const { digits, ...seen } = databases.dialect === "sqlite" ? trip.stored(value) : onPostgres(name, value, trip);
      if (!same(raw[index], seen)) expect(raw[index]).toMatchObject(seen);
      if (databases.dialect === "postgres" && name === "json") expectSame(JSON.parse(raw[index]?.text ?? ""), value);
      if (digits !== undefined && !Object.is(Number(raw[index]?.digits), Number(digits))) expect(raw[index]?.digits).toBe(digits);
    });
    // The other ways to write give the same: they share the codecs, so that a few values show it.
    for (const value of values.slice(0, OTHER_WAYS)) {
      const { id } = await samples.insert({});
      for (const write of [
        async () => samples.update({ id }, { [name]: value }), async () => samples.save({ id, [name]: value }), async () => samples.saveMany([{ id, [name]: value }]),
        async () => samples.upsert({ id, [name]: value }, { on: ["id"] }),
      ]) {
        await samples.update({ id }, { [name]: null });
        await write();
        expectSame((await samples.findByIdOrFail(id))[name], read(value));
      }
      if (name !== "json") expect((await samples.find({ [name]: value }, { select: ["id"] })).map((row) => row.id)).toContain(id);
    }
  }, 60_000);

  it("of a JSON class", async () => {
    const places = fc.sample(fc.record({ city: unicode, size: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0), tags: json }, { requiredKeys: ["city"] })
      .filter((value) => !/"(__proto__|constructor|prototype)":/.test(JSON.stringify(value))).map((value) => Object.assign(new Place(), value)), RUNS);
    const placed = db.repository(Placed);
    await placed.insertMany(places.map((place) => ({ place })));
    const [found, raw] = [await placed.find(), await rawColumn("placed", "place")];
    places.forEach((place, index) => {
      expect(found[index]?.place).toBeInstanceOf(Place);
      expectSame({ ...found[index]?.place }, { ...place });
      expect(raw[index]?.kind).toBe(databases.dialect === "sqlite" ? "text" : "jsonb");
      expectSame(JSON.parse(raw[index]?.text ?? ""), JSON.parse(JSON.stringify(place)));
    });
  });

  it("of blobs up to 16 MiB", async () => {
    const samples = db.repository(Sample);
    for (const size of [0, 1, 65_536, 16 * 1_024 * 1_024]) {
      const blob = Buffer.alloc(size, "freehold\u0000");
      const { id } = await samples.insert({ blob });
      expect((await samples.findByIdOrFail(id)).blob?.equals(blob)).toBe(true);
      const system = db.sql(db.system("a raw look"));
      const [row] = await (databases.dialect === "sqlite" ? system`select typeof(blob) as kind, length(blob) as size from sample where id = ${id}`
        : system`select pg_typeof("blob")::text as kind, octet_length("blob") as size from sample where id = ${id}`).rows();
      expect(row).toEqual({ kind: databases.dialect === "sqlite" ? "blob" : "bytea", size });
    }
  }, 60_000);
});

/** Whether a row shows what it must, found out without Jest's matchers: there are a hundred thousand of them. */
function same(row: Raw | undefined, wanted: Partial<Raw>): boolean {
  return row !== undefined && Object.entries(wanted).every(([name, value]) => row[name as keyof Raw] === value);
}

/** Objects by their content, numbers by their bits. */
function expectSame(found: unknown, wanted: unknown): void {
  if (Buffer.isBuffer(wanted)) {
    if (!Buffer.isBuffer(found) || !found.equals(wanted)) expect(found).toStrictEqual(wanted);
  } else if (wanted instanceof Date) {
    if (!(found instanceof Date) || found.getTime() !== wanted.getTime()) expect(found).toEqual(wanted);
  } else if (typeof wanted === "object") {
    if (!isDeepStrictEqual(found, wanted)) expect(found).toEqual(wanted);
  } else if (!Object.is(found, wanted)) expect(found).toBe(wanted);
}

it("moments and days are the same in every time zone", async () => {
  const inZone = async (zone: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, ["scripts/run-example.cjs", "spec/support/moments.ts"], { cwd: resolve(__dirname, "../.."), env: { ...process.env, TZ: zone } });
    const [offset, ...lines] = stdout.trim().split("\n");
    return { offset, lines };
  };
  // The first one translates the sources; the others find that done.
  const outputs = [await inZone("UTC"), ...await Promise.all(["America/St_Johns", "Pacific/Kiritimati", "Europe/Berlin"].map(inZone))];
  expect(new Set(outputs.map(({ offset }) => offset)).size).toBe(4);
  expect(outputs[0]?.lines).toHaveLength(8);
  for (const { lines } of outputs) expect(lines).toEqual(outputs[0]?.lines);
});
