import type { ColumnOptions, ColumnType, PrimaryKeyOptions } from "../metadata/records";
import type { PropertyDraft } from "./draft";

/** A property's decorator as it has to be written where nothing tells the type: with the type that its options speak of, else the likeliest. */
export function typedDecorator({ key, column }: PropertyDraft): string {
  const [name, options] = key === null ? ["Column", column?.options ?? {}] : ["PrimaryKey", key.options];
  const others = Object.entries(options).flatMap(([option, value]) => value === undefined ? [] : [`${option}: ${asWritten(value)}`]);
  return `@${name}({ ${[`type: "${likely(options) ?? (key === null ? "text" : "integer")}"`, ...others].join(", ")} })`;
}

function likely(options: ColumnOptions & PrimaryKeyOptions): ColumnType | null {
  if (options.length !== undefined) return "text";
  if (options.precision !== undefined || options.scale !== undefined) return "decimal";
  switch (typeof options.default) {
    case "string": return "text";
    case "boolean": return "boolean";
    case "bigint": return "bigint";
    case "number": return Number.isSafeInteger(options.default) ? "integer" : "real";
    default: return options.default instanceof Date ? "datetime" : options.default instanceof Uint8Array ? "blob" : null;
  }
}

function asWritten(value: unknown): string {
  switch (typeof value) {
    case "string": return JSON.stringify(value);
    case "number": case "boolean": return String(value);
    case "bigint": return `${value}n`;
    default: return value === null ? "null" : "…";
  }
}
