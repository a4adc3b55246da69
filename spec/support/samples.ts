import { Column, Entity, Enum, Json, PrimaryKey } from "freehold";

export enum Level { low = 1, middle = 5, high = 10 }

/** One nullable column of every type. */
@Entity()
export class Sample {
  @PrimaryKey() id!: number;
  @Column({ type: "integer", nullable: true }) integer!: number | null;
  @Column({ type: "bigint", nullable: true }) bigint!: bigint | null;
  @Column({ type: "real", nullable: true }) real!: number | null;
  @Column({ type: "decimal", nullable: true }) decimal!: string | null;
  @Column({ type: "decimal", precision: 10, scale: 2, nullable: true }) money!: string | null;
  @Column({ type: "boolean", nullable: true }) boolean!: boolean | null;
  @Column({ type: "text", nullable: true }) text!: string | null;
  @Column({ type: "text", length: 3, nullable: true }) code!: string | null;
  @Column({ type: "uuid", nullable: true }) uuid!: string | null;
  @Column({ type: "blob", nullable: true }) blob!: Buffer | null;
  @Column({ type: "datetime", nullable: true }) datetime!: Date | null;
  @Column({ type: "date", nullable: true }) date!: string | null;
  @Json(undefined, { nullable: true }) json!: unknown;
  @Enum(["red", "green", "it's"], { nullable: true }) color!: "red" | "green" | "it's" | null;
  @Enum(Level, { nullable: true }) level!: Level | null;
}

export const sampleModel = { entities: [Sample] };

/** A property of {@link Sample} that the engines put in order. */
export type OrderedProperty = Exclude<keyof Sample, "id" | "json" | "decimal" | "money" | "code">;

/** Values of every ordered column, in their order. */
export const inOrder: { readonly [K in OrderedProperty]: readonly NonNullable<Sample[K]>[] } = {
  integer: [-Number.MAX_SAFE_INTEGER, -1, 0, 1, 2 ** 40, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER],
  bigint: [-(2n ** 63n), -(2n ** 53n) - 1n, -1n, 0n, 9n, 10n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n],
  real: [-Number.MAX_VALUE, -1.5, -Number.MIN_VALUE, 0, Number.MIN_VALUE, 0.1, 1, 2 ** 60, Number.MAX_VALUE],
  boolean: [false, true],
  text: ["", "\u0001", "10", "9", "A", "a", "a b", "aa", "é", "\uffff", "😀"],
  uuid: ["00000000-0000-0000-0000-000000000000", "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
  blob: [Buffer.alloc(0), Buffer.from([0]), Buffer.from([0, 0]), Buffer.from("a"), Buffer.from([255])],
  datetime: ["0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"].map((text) => new Date(text)),
  date: ["0001-01-01", "1999-12-31", "2024-02-29", "9999-12-31"],
  color: ["green", "it's", "red"],
  level: [Level.low, Level.middle, Level.high],
};
