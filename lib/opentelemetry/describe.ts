import type { Attributes } from "@opentelemetry/api";
import type { StatementFacts, TelemetryTarget } from "../driver/telemetry";
import { convention, systems } from "./names";

const LONGEST_SUMMARY = 255;

/** What every span and measurement of a database says of it. */
export function placeAttributes({ dialect, place: { name, address, port } }: TelemetryTarget): Attributes {
  return {
    [convention.system]: systems[dialect],
    ...(name === undefined ? {} : { [convention.namespace]: name }),
    ...(address === undefined ? {} : { [convention.address]: address }),
    ...(address === undefined || port === undefined || address.startsWith("/") ? {} : { [convention.port]: port }),
  };
}

/**
 * The span's name, and what groups statements of a kind. The library's own statements do one thing to one table; of hand-written text
 * only its first word and the tables of its holes are known.
 */
export function describe({ sql, handWritten, tables }: StatementFacts, namespace: string | undefined): { readonly name: string; readonly attributes: Attributes } {
  const command = (/^[\s(]*([A-Za-z]+)/.exec(sql)?.[1] ?? "").toUpperCase();
  const [table, ...others] = tables;
  const summary = table === undefined ? undefined : summaryOf(command, tables);
  return {
    name: summary ?? [command, namespace].filter(Boolean).join(" "),
    attributes: {
      ...(handWritten || command === "" ? {} : { [convention.operation]: command }),
      ...(table === undefined || others.length > 0 ? {} : { [convention.collection]: table }),
      ...(summary === undefined ? {} : { [convention.summary]: summary }),
    },
  };
}

/** No name is cut in two. */
function summaryOf(command: string, tables: readonly string[]): string {
  let summary = command;
  for (const table of tables) {
    if (summary.length + 1 + table.length > LONGEST_SUMMARY) break;
    summary += ` ${table}`;
  }
  return summary;
}
