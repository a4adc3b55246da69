import "reflect-metadata";
import { Column, Entity, MigrationError, PrimaryKey, type ColumnOptions } from "freehold";
import { failure, onEveryShared } from "../support/databases";
import { Workshop, type Entities } from "./workshop";

type Kind = NonNullable<ColumnOptions["type"]>;

const KINDS = ["integer", "bigint", "real", "decimal", "boolean", "text", "uuid", "datetime", "date", "json"] as const;
const UUID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

/** One entity with a property for each, all of which may be null. */
function entityOf(properties: readonly (readonly [name: string, kind: Kind])[]): Entities {
  @Entity() class Sample {
    @PrimaryKey() sampleId!: number;
  }
  for (const [name, type] of properties) Column({ type, nullable: true })(Sample.prototype, name);
  return [Sample];
}

onEveryShared("values of a column whose type changes", (databases) => {
  const sqlite = databases.dialect === "sqlite";
  let shop: Workshop;
  beforeEach(() => { shop = new Workshop(databases); });
  afterEach(async () => shop.close());

  /** A value as SQL has it. */
  const literal = (kind: string, value = ""): string => {
    switch (kind) {
      case "boolean": return sqlite ? "1" : "true";
      case "integer": return value === "" ? "-42" : value;
      case "bigint": return value === "" ? "9007199254740993" : value;
      case "real": return value === "" ? "0.5" : value;
      case "decimal": return sqlite ? `'${value === "" ? "12.50" : value}'` : value === "" ? "12.50" : value;
      case "text": return `'${value}'`;
      case "uuid": return `'${UUID}'`;
      case "datetime": return `'${value === "" ? "2024-02-29T12:34:56.789Z" : value}'`;
      case "date": return "'2024-02-29'";
      default: return "'{\"a\": [1]}'";
    }
  };
  /** From, what it was, to, what it must be: as if it had been written so. */
  const kept: readonly (readonly [string, string, string, string])[] = [
    ["integer", "", "bigint", "-42"], ["integer", "", "real", "-42"], ["integer", "", "decimal", "-42"], ["integer", "", "text", "-42"],
    ["bigint", "", "decimal", "9007199254740993"], ["bigint", "", "text", "9007199254740993"], ["bigint", "17", "integer", "17"],
    ["decimal", "", "text", "12.50"], ["boolean", "", "integer", "1"], ["boolean", "", "bigint", "1"], ["uuid", "", "text", UUID],
    ["date", "", "text", "2024-02-29"], ["date", "", "datetime", "2024-02-29T00:00:00.000Z"], ["datetime", "", "text", "2024-02-29T12:34:56.789Z"],
    ["json", "", "text", '{"a": [1]}'], ["text", "-42", "integer", ""], ["text", "9007199254740993", "bigint", ""], ["text", "0.5", "real", ""],
    ["text", '{"a": [1]}', "json", ""],
    ...(sqlite ? [["decimal", "17", "integer", "17"], ["decimal", "17", "bigint", "17"], ["real", "17", "integer", "17"], ["real", "17", "bigint", "17"],
      ["integer", "1", "boolean", ""], ["bigint", "1", "boolean", ""]] as const
      : [["text", "12.50", "decimal", "12.50"], ["text", UUID, "uuid", ""], ["text", "2024-02-29", "date", ""]] as const),
  ];

  it("are exactly what they would be had they been written as the new type, whatever the pair", async () => {
    const name = (from: string, to: string): string => `${from}To${to[0]!.toUpperCase()}${to.slice(1)}`;
    const column = (from: string, to: string): string => `"${from}_to_${to}"`;
    await shop.change("first", entityOf(kept.map(([from, , to]) => [name(from, to), from as Kind])));
    const columns = kept.map(([from, , to]) => column(from, to)).join(", ");
    await shop.run(`insert into sample (${columns}) values (${kept.map(([from, was]) => literal(from, was)).join(", ")})`, "insert into sample (sample_id) values (2)");
    const changed = entityOf(kept.map(([from, , to]) => [name(from, to), to as Kind]));
    const plan = await shop.plan("second", changed);
    expect(plan.up.filter(({ losesData }) => losesData !== undefined)).toEqual([]);
    await (await shop.migrator()).up();
    expect(await shop.differences(changed)).toEqual([]);
    await shop.run(`insert into sample (sample_id, ${columns}) values (3, ${kept.map(([, , to, is]) => literal(to, is)).join(", ")})`);
    const text = kept.map(([from, , to]) => `cast(${column(from, to)} as text) as ${column(from, to)}`).join(", ");
    const [moved, nothing, written] = await shop.rows(`select ${text} from sample order by sample_id`);
    expect(moved).toEqual(written);
    expect(new Set(Object.values(nothing ?? {}))).toEqual(new Set([null]));
  });

  it.each([["date", "datetime", "2024-02-29T00:00:00.000Z"], ["datetime", "text", "2024-02-29T12:34:56.789Z"], ["uuid", "text", UUID]] as const)(
    "are so when nothing else of the table changes: %s to %s", async (from, to, is) => {
      await shop.change("first", entityOf([["value", from]]));
      await shop.run(`insert into sample (value) values (${literal(from)})`);
      await shop.change("second", entityOf([["value", to]]));
      await shop.run(`insert into sample (value) values (${literal(to, is)})`);
      const [moved, written] = await shop.rows("select cast(value as text) as value from sample order by sample_id");
      expect(moved).toEqual(written);
    });

  it("are given up by name where no rule leads from one type to the other, and only then", async () => {
    const lost: string[] = [];
    for (const from of KINDS) {
      for (const to of KINDS) {
        if (from === to || kept.some(([one, , other]) => one === from && other === to)) continue;
        const one = new Workshop(databases, ":memory:");
        try {
          await one.plan("first", entityOf([["value", from]]));
          const { up } = await one.plan("second", entityOf([["value", to]]));
          expect({ from, to, losses: up.flatMap(({ losesData }) => losesData ?? []) }).toEqual({ from, to, losses: ["the values of sample.value"] });
          lost.push(`${from} ${to}`);
        } finally {
          await one.close();
        }
      }
    }
    expect(lost).toHaveLength(KINDS.length * (KINDS.length - 1) - kept.length);
  });

  const refused: readonly (readonly [Kind, string, Kind])[] = [
    ["text", "42 or so", "integer"], ["text", "9.5", "bigint"], ["text", "half", "real"], ["text", "{", "json"], ["text", "", "integer"],
    ...(sqlite ? [["real", "0.5", "integer"], ["decimal", "0.5", "integer"], ["decimal", "99999999999999999999", "bigint"], ["integer", "2", "boolean"], ["bigint", "-1", "boolean"]] as const
      : [["text", "x", "decimal"], ["text", "no uuid", "uuid"], ["text", "2023-02-29", "date"]] as const),
  ];
  it.each(refused)("that do not fit are refused, and nothing is done: %s %j to %s", async (from, value, to) => {
    const before = entityOf([["value", from], ["other", "text"]]);
    await shop.change("first", before);
    await shop.run(`insert into sample (value, other) values (null, 'a'), (${literal(from, value)}, 'b')`);
    const rows = await shop.rows("select * from sample order by sample_id");
    await shop.plan("second", entityOf([["value", to], ["other", "text"]]));
    const { message } = await failure(MigrationError, async () => (await shop.migrator()).up());
    expect(message).toContain("_second failed, and nothing of the migration was done");
    if (value.length > 3) expect(message).not.toContain(value);
    expect(await shop.rows("select * from sample order by sample_id")).toEqual(rows);
    expect(await shop.differences(before)).toEqual([]);
  });

  it("are what a fill makes of them", async () => {
    await shop.change("first", entityOf([["value", "text"]]));
    await shop.run("insert into sample (value) values ('yes'), ('no'), (null)");
    await shop.change("second", entityOf([["value", "boolean"]]), { fills: ["Sample.value=value = 'yes'"] });
    expect((await shop.rows("select value from sample order by sample_id")).map(({ value }) => value === null ? null : Boolean(value))).toEqual([true, false, null]);
  });
});
