import * as freehold from "freehold";
import { literalsOf, membersOf, methodsOf } from "../support/declared";
import { proseOf, textOf } from "../support/markdown";

/** The names that stand in tables of a page as code, each as a word. */
function inTables(page: string): ReadonlySet<string> {
  const rows = proseOf(textOf(page)).split("\n").filter((line) => line.startsWith("|")).join("\n");
  return new Set([...rows.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code!.match(/[A-Za-z]\w*/g) ?? []));
}

const missing = (page: string, members: readonly string[]): readonly string[] => {
  const named = inTables(page);
  return members.filter((member) => !named.has(member.split(".").at(-1)!));
};

describe("the tables of the documentation name everything", () => {
  it.each([
    ["docs/entities.md", "what decorators can be told", [...membersOf("lib/metadata/records.ts", /Options$/), ...membersOf("lib/decorators/entity.ts", /Options$/)], 36],
    ["docs/database.md", "what Database.open can be told", [...membersOf("lib/repository/open-options.ts", /^DatabaseOptions$/), ...membersOf("lib/repository/log.ts", /^LogOptions$/)], 9],
    ["docs/database.md", "what the SQLite drivers can be told", membersOf("lib/driver/sqlite/sqlite-options.ts", /^SqliteOptions$/), 5],
    ["docs/database.md", "what a logger hears", membersOf("lib/repository/log.ts", /^LogEvent$/), 10],
    ["docs/database.md", "the methods of a schema", methodsOf("lib/schema/schema.ts", "Schema"), 7],
    ["docs/postgres.md", "what the PostgreSQL driver can be told", membersOf("lib/driver/postgres/postgres-options.ts", /^PostgresOptions$/), 7],
    ["docs/queries.md", "what calls can be told", membersOf("lib/repository/options.ts", /Options$/), 18],
    ["docs/queries.md", "the methods of a repository", methodsOf("lib/repository/repository.ts", "Repository").filter((name) => !["as", "inContext"].includes(name)), 29],
  ])("%s: %s", (page, _what, members, least) => {
    expect(members.length).toBeGreaterThanOrEqual(least);
    expect(missing(page, members)).toEqual([]);
  });

  it("and miss a name that is not there", () => {
    expect(missing("docs/entities.md", ["ColumnOptions.nullable", "ColumnOptions.nulable"])).toEqual(["ColumnOptions.nulable"]);
  });
});

describe("docs/errors.md", () => {
  const codes = literalsOf("lib/errors/error-codes.ts", "ErrorCode");
  const sections = textOf("docs/errors.md").split(/^## /m).slice(1).flatMap((section) => {
    const [, code] = /^`([A-Z_]+)`\n/.exec(section) ?? [];
    return code === undefined ? [] : [{ code, text: section }];
  });

  it("has a section for each code, and for no other", () => {
    expect(sections.map(({ code }) => code)).toEqual(codes);
  });

  it.each(sections.map(({ code, text }) => [code, text] as const))("%s: the class, an example that fails so, and a cure", (code, text) => {
    const [, name = ""] = /^`[A-Z_]+`\n\n`(\w+)`: /.exec(text) ?? [];
    expect(Object.keys(freehold)).toContain(name);
    expect(codeOf(name)).toBe(code);
    expect(text).toContain(`fails("${code}"`);
    expect(text).toMatch(/^\*\*Cure:\*\* /m);
  });

  /** The code that the class of an error carries, by its source. */
  function codeOf(name: string): string | undefined {
    const source = textOf("lib/errors/classes.ts").split(`export class ${name} `)[1];
    return /readonly code = "([A-Z_]+)"/.exec(source ?? "")?.[1];
  }
});
