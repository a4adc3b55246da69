import type { SqlStep } from "../dialect/migration-dialect";
import type { MigrationPlan } from "./plan";

/** In which language a migration is written. */
export type MigrationLanguage = "ts" | "js" | "mjs" | "cjs";

/** A migration's file: data with SQL in it, to be read and edited before it runs. */
export function migrationSource({ dialect, up, down }: MigrationPlan, language: MigrationLanguage): string {
  const body = `{
  dialect: ${JSON.stringify(dialect)},
  up: ${list(up)},
  down: ${list(down)},
}`;
  const head = `// The steps of \`up\` run in one transaction, and so do those of \`down\`. Once the migration was applied somewhere, the file must not
// change any more: write another one.
`;
  switch (language) {
    case "ts": return `import type { Migration } from "freehold/migrate";\n\n${head}const migration: Migration = ${body};\n\nexport default migration;\n`;
    case "cjs": return `${head}/** @type {import("freehold/migrate").Migration} */\nmodule.exports = ${body};\n`;
    case "js": case "mjs": return `${head}/** @type {import("freehold/migrate").Migration} */\nconst migration = ${body};\n\nexport default migration;\n`;
  }
}

function list(steps: readonly SqlStep[]): string {
  return steps.length === 0 ? "[]" : `[\n${steps.map(step).join("")}  ]`;
}

function step({ sql, losesData, comment }: SqlStep): string {
  const note = comment === undefined ? "" : `    // ${oneLine(comment)}\n`;
  return losesData === undefined ? `${note}    ${literal(sql)},\n` : `${note}    { losesData: ${literal(losesData)}, sql: ${literal(sql)} },\n`;
}

/** A template literal: SQL is full of quotes. Its lines are set in, but not those within a value or a name. */
function literal(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${").replaceAll("\r", "\\r");
  const quoted = text.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g) ?? [];
  return `\`${quoted.some((part) => part.includes("\n")) ? escaped : escaped.replaceAll("\n", "\n    ")}\``;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, " ");
}
