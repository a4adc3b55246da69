import type { HandWritten, HandWrittenPart, ValuePart } from "../sql/hand-written";
import type { TableSource } from "../sql/table-source";
import type { Binder, CompiledStatement } from "./dialect";
import { conditions } from "./predicates";
import type { Syntax } from "./syntax";
import { column, writerFor, type Writer } from "./writer";

/** What one compilation shares. */
interface Frame {
  readonly syntax: Syntax;
  readonly binders: Binder[];
  /** Whether the statement looks at the time itself, because the driver cannot be interrupted. */
  readonly clocked: boolean;
}

type Writers = { readonly [K in HandWrittenPart["kind"]]: (part: Extract<HandWrittenPart, { kind: K }>, frame: Frame) => string };

/** Writes a hand-written statement: checked parts one by one, so that no text but what was understood reaches the database. */
export function compileHandWritten(node: HandWritten, syntax: Syntax, clocked: boolean): CompiledStatement {
  const frame: Frame = { syntax, binders: [], clocked };
  const texts: string[] = [];
  for (const part of node.parts) {
    if (part.kind === "list" && part.items.length === 0 && node.checked) {
      // Of no value the type is unknown, and not every engine takes an empty list: operator and list are written anew.
      if (texts.at(-1)?.trim() === "in") texts.pop();
      const negated = texts.at(-1)?.trim() === "not";
      if (negated) texts.pop();
      texts.push(syntax.emptyList(negated));
    } else {
      texts.push((writers[part.kind] as (part: HandWrittenPart, frame: Frame) => string)(part, frame));
    }
  }
  return Object.freeze({
    sql: node.checked ? spaced(texts) : texts.join(""),
    readOnly: node.checked, returnsRows: true, binders: Object.freeze(frame.binders),
  });
}

/** Apart by a space, but for brackets, commas and points: no two parts can grow together to another. */
function spaced(texts: readonly string[]): string {
  return texts.filter((text) => text !== "").reduce((sql, text) =>
    sql === "" || /[(.]$/.test(sql) || /^[).,]$/.test(text) ? sql + text : `${sql} ${text}`, "");
}

const writers: Writers = {
  text: ({ text }) => text,
  verbatim: ({ text }) => text,
  name: ({ name }, { syntax }) => syntax.strictName(name),
  string: ({ text }) => `'${text.replaceAll("'", "''")}'`,
  clock: ({ lead }, { syntax, clocked }) => !clocked ? "" : lead ? `where ${syntax.clock("")}` : `${syntax.clock("")} and`,
  value,
  // IN over nothing is false and NOT IN true; in text that nobody took apart, the operator before it stays as it is.
  list: ({ items }, frame) => items.length === 0 ? "(select 1 where 1 = 0)" : `(${items.map((item) => value(item, frame)).join(", ")})`,
  limit: ({ slot }, { syntax, binders }) => {
    binders.push((_, values) => values[slot] as number);
    return `limit ${syntax.whole(syntax.placeholder(binders.length))}`;
  },
  rows: ({ source, alias }, frame) => {
    const writer = writerOf(source, frame);
    const columns = source.model.columns.map((property) => column(property, writer)).join(", ");
    const guard = conditions([], writer, " where ");
    const key = source.model.primaryKey.columns[0];
    // The key makes the look at the time one for each row, also in the inner loop of a join.
    const clock = frame.clocked && key !== undefined ? `${guard === "" ? " where" : " and"} ${frame.syntax.clock(column(key, writer))}` : "";
    return `(select ${columns} from ${writer.table}${guard}${clock}) as ${frame.syntax.strictName(alias)}`;
  },
  bare: ({ source, alias }, { syntax }) =>
    `${syntax.identifier(source.model.table)}${alias === null ? "" : ` as ${syntax.strictName(alias)}`}`,
  columns: ({ alias, columns, labels }, { syntax }) => columns.map((property, index) => {
    const from = `${syntax.strictName(alias)}.${syntax.strictName(property.column)}`;
    const label = labels?.[index];
    return label === undefined ? from : `${syntax.readable(property, from)} as ${syntax.strictName(label)}`;
  }).join(", "),
};

function value({ property, slot }: ValuePart, { syntax, binders }: Frame): string {
  if (property === null) return "null";
  binders.push((_, values) => syntax.encode(property, values[slot]));
  return syntax.typed(property, syntax.placeholder(binders.length));
}

function writerOf(source: TableSource, { syntax, binders }: Frame): Writer {
  return { ...writerFor(source, syntax), binders };
}
