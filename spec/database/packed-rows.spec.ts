import { DataError, type Repository } from "freehold";
import { onEverySqliteFile } from "../support/databases";
import { Sample, sampleModel } from "../support/samples";

/** Every storage class that another tool may have left in a column without a type. */
const LITERALS = [
  "1", "0", "-1", "1.0", "1.0000000000000002", "1.5", "0.1 + 0.2", "5e-324", "9e999", "-9e999", "9007199254740991", "9007199254740993", "9223372036854775807",
  "'1'", "'0.5'", "'red'", "''", "'2026-01-31'", "'2026-01-31T12:00:00.000Z'", "'{\"a\": 0.30000000000000004}'", "'018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f'",
  "x''", "x'31'", "x'00ff'", "null", "cast(x'610062' as text)", "cast(x'00' as text)", "cast(x'ff41c3' as text)", "cast(x'eda080' as text)", "cast(x'efbbbf61' as text)",
] as const;

type Column = Exclude<keyof Sample, "id">;
const COLUMNS: readonly Column[] = [
  "integer", "bigint", "real", "decimal", "money", "boolean", "text", "code", "uuid", "blob", "datetime", "date", "json", "color", "level",
];

async function outcome(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return error.message;
  }
}

onEverySqliteFile("rows of a file that another tool wrote", (databases) => {
  let samples: Repository<Sample>;

  beforeEach(async () => {
    const place = databases.newPlace();
    await databases.outside(place, [
      [`create table sample (id integer primary key, ${COLUMNS.map((name) => `"${name}"`).join(", ")})`],
      ...LITERALS.map((literal) => [`insert into sample (${COLUMNS.map((name) => `"${name}"`).join(", ")}) values (${COLUMNS.map(() => literal).join(", ")})`] as const),
    ]);
    samples = (await databases.openPlace(place, sampleModel)).repository(Sample);
  });

  it.each(COLUMNS)("are in a list what they are one by one: the same value, or the same error, of %s", async (name) => {
    const values = new Map<string, unknown>();
    for (const [index, literal] of LITERALS.entries()) {
      const id = index + 1;
      const select = ["id", name] as const;
      const one = await outcome(async () => (await samples.findByIdOrFail(id, { select }))[name]);
      const listed = await outcome(async () => (await samples.find({ id }, { select }))[0]?.[name]);
      if (typeof one !== "number" || !Object.is(one, listed)) expect([literal, listed]).toEqual([literal, one]);
      values.set(literal, listed);
    }
    if (name === "real") expect(["1.0000000000000002", "0.1 + 0.2", "5e-324"].map((literal) => values.get(literal))).toEqual([1.0000000000000002, 0.1 + 0.2, 5e-324]);
    if (name === "real") expect(values.get("9e999")).toContain("holds the number Infinity where a finite number is wanted");
    if (name === "integer") expect(values.get("1.0000000000000002")).toContain("holds the number 1.0000000000000002 where a whole number");
    if (name === "text") {
      expect(["cast(x'610062' as text)", "cast(x'00' as text)", "cast(x'ff41c3' as text)", "cast(x'efbbbf61' as text)"].map((literal) => values.get(literal)))
        .toEqual(["a\u0000b", "\u0000", "\ufffdA\ufffd", "\ufeffa"]);
      expect(values.get("0.1 + 0.2")).toContain("holds the number 0.30000000000000004 where text is wanted");
      expect(values.get("x'00ff'")).toContain("holds a buffer of 2 bytes where text is wanted");
    }
    if (name === "bigint") expect(values.get("9223372036854775807")).toBe(2n ** 63n - 1n);
  });
});
