import type { ColumnType } from "../metadata/records";
import { fileName, isIdentifier } from "./identifiers";
import { classMarks, columnMarks, relationMark, type Argument, type Literal, type Mark } from "./marks";
import type { ColumnPlan, EntityPlan } from "./plan";

/** A file of TypeScript; `name` has no folder in it. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** One file for each entity, and `index.ts` with all of them and the list `entities`. */
export function writeSources(plans: readonly EntityPlan[], notes: readonly string[]): readonly SourceFile[] {
  const taken = new Set<string>();
  const files = new Map(plans.map(({ name }) => [name, fileName(name, taken)]));
  const index = plans.map(({ name }) => `import { ${name} } from "./${files.get(name) ?? ""}";`);
  return [
    ...plans.map((plan) => ({ name: `${files.get(plan.name) ?? ""}.ts`, text: entitySource(plan, files) })),
    { name: "index.ts", text: [
      ...index, "", ...docComment(["All entities, as `Database.open` takes them.", ...notes], ""), `export const entities = [${plans.map(({ name }) => name).join(", ")}];`, "",
      ...(plans.length === 0 ? [] : [`export { ${plans.map(({ name }) => name).join(", ")} };`]), "",
    ].join("\n") },
  ];
}

function entitySource(plan: EntityPlan, files: ReadonlyMap<string, string>): string {
  const used = new Set<string>();
  const others = new Set<string>();
  const mark = (decorated: Mark): string => {
    used.add(decorated.decorator);
    for (const argument of decorated.args) if ("entity" in argument && argument.entity !== plan.name) others.add(argument.entity);
    return `@${decorated.decorator}(${decorated.args.map(argumentText).join(", ")})`;
  };
  const head = [...classMarks(plan).map(mark), `export class ${checked(plan.name)} {`];
  const columns = plan.columns.flatMap((column) => [
    ...docComment(column.column.comment === null ? [] : [column.column.comment], "  "),
    ...columnMarks(column).map((decorated) => `  ${mark(decorated)}`), `  ${checked(column.property)}!: ${typeText(column)};`, "",
  ]);
  const types = new Set<string>();
  const relations = plan.relations.flatMap((relation) => {
    const wrapper = relation.kind === "OneToMany" ? "ToMany" : "ToOne";
    types.add(wrapper);
    return [`  ${mark(relationMark(relation))}`, `  ${checked(relation.property)}?: ${wrapper}<${checked(relation.target)}>;`, ""];
  });
  const body = [...columns, ...relations].slice(0, -1);
  const imports = [
    `import { ${[...[...used].sort(), ...[...types].sort().map((name) => `type ${name}`)].join(", ")} } from "freehold";`,
    ...[...others].sort().map((name) => `import { ${checked(name)} } from "./${files.get(name) ?? ""}";`),
  ];
  return [...imports, "", ...docComment(classComment(plan), ""), ...head, ...body, "}", ""].join("\n");
}

function classComment({ comment, owners }: EntityPlan): readonly string[] {
  return [
    ...comment === null ? [] : [comment],
    ...owners.map(({ property, targetTable, nullable, by }) =>
      `Looks owned: ${property} ${by === "name" ? "has a name as if it referred" : "refers"} to ${targetTable}${nullable ? ", but may be null" : ""}. `
      + "To keep its rows to their owners, see docs/adopting-ownership.md."),
  ];
}

/** Nothing that a database calls something becomes code: what is no plain name never gets here. */
function checked(name: string): string {
  if (!isIdentifier(name)) throw new TypeError(`${JSON.stringify(name)} is no name for a program`);
  return name;
}

/** Texts of the database in a comment that they cannot end. */
function docComment(texts: readonly string[], indent: string): readonly string[] {
  const lines = texts.flatMap((text) => text.split(/[\r\n\u2028\u2029\u0085\v\f]+/)).map((line) =>
    [...line].map((character) => (character < " " && character !== "\t") || character === "\u007f" ? " " : character).join("").replaceAll("*/", "* /").trim());
  const kept = lines.filter((line) => line !== "");
  if (kept.length === 0) return [];
  return kept.length === 1 ? [`${indent}/** ${kept[0] ?? ""} */`] : [`${indent}/**`, ...kept.map((line) => `${indent} * ${line}`), `${indent} */`];
}

function argumentText(argument: Argument): string {
  switch (argument.kind) {
    case "literal": return literalText(argument.value);
    case "undefined": return "undefined";
    case "class": return `() => ${checked(argument.entity)}`;
    case "property": return `() => [${checked(argument.entity)}, ${text(argument.property)}]`;
  }
}

function literalText(value: Literal): string {
  if (typeof value === "string") return text(value);
  if (typeof value !== "object") return String(value);
  if (isList(value)) {
    const items = value.map(literalText);
    return items.join(", ").length > 100 ? `[\n  ${items.join(",\n  ")},\n]` : `[${items.join(", ")}]`;
  }
  return `{ ${Object.entries(value).map(([name, inner]) => `${checked(name)}: ${literalText(inner)}`).join(", ")} }`;
}

function isList(value: Literal & object): value is readonly Literal[] {
  return Array.isArray(value);
}

/** As JSON, which is also a literal of TypeScript, without the two signs that used to end lines there. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

const TYPES: Readonly<Record<Exclude<ColumnType, "enum">, string>> = {
  integer: "number", bigint: "bigint", real: "number", decimal: "string", boolean: "boolean", text: "string", uuid: "string", blob: "Buffer", datetime: "Date",
  date: "string", json: "unknown",
};

function typeText({ type, column, key }: ColumnPlan): string {
  const plain = type === "enum" ? (column.values ?? []).map(text).join(" | ") || "string" : TYPES[type];
  return column.nullable && key === null && type !== "json" ? `${plain} | null` : plain;
}
