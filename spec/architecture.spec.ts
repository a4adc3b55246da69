import { join } from "node:path";
import { rules } from "./support/architecture";
import { door } from "./support/door-rules";
import { parse, readLibrary } from "./support/source-tree";

const names = Object.keys(rules);

/** What a rule says of a tree. */
function faults(rule: string, tree: Readonly<Record<string, string>>): readonly string[] {
  return rules[rule]!(parse(new Map(Object.entries(tree))));
}

/** A door as it should be; planted faults change one thing about it or stand beside it. */
const goodDoor = `
  declare const brand: unique symbol;
  export interface TableSource { readonly kind: "table"; readonly [brand]: true }
  const sources = new WeakSet<object>();
  export function openTable(model: object, scope: object): TableSource {
    const source = Object.freeze({ kind: "table", model, scope }) as unknown as TableSource;
    sources.add(source);
    return source;
  }
  export function requireSource(source: TableSource): TableSource {
    if (!sources.has(source)) throw new Error("forged");
    return source;
  }
  export function isTableSource(value: unknown): value is TableSource {
    return typeof value === "object" && value !== null && sources.has(value);
  }
`;

/** A small tree in which nothing is wrong. */
const good = {
  "lib/errors/kinds.ts": `export class Fault extends Error {}\n`,
  "lib/metadata/design-type.ts": `import "reflect-metadata";\nexport const read = (target: object) => Reflect.getMetadata("design:type", target);\n`,
  [door.file]: goodDoor,
  "lib/driver/native.ts": `export const load = (name: string) => import(name);\nexport const sqlite = () => import("sqlite3");\n`,
  "lib/repository/query.ts": `
    import { openTable, type TableSource } from "../sql/table-source";
    import { Fault } from "../errors/kinds";
    type Source = TableSource | { readonly kind: "derived" };
    export interface Query { readonly from: TableSource }
    export const described = { kind: "table", name: "note", sql: "create table note" };
    export function root(): TableSource { return openTable({}, {}); }
    export function query(): Query { return { from: root() }; }
    export function derived(): Source { if (Math.random() > 2) throw new Fault(); return { kind: "derived" }; }
  `,
  "lib/index.ts": `export { Fault } from "./errors/kinds";\nexport type { Query } from "./repository/query";\n`,
};

/** Beside the good door. */
function beside(text: string): Record<string, string> {
  return { ...good, "lib/repository/planted.ts": `import { openTable, type TableSource } from "../sql/table-source";\n${text}` };
}

/** In place of the good door. */
function inDoor(from: string, to: string): Record<string, string> {
  if (!goodDoor.includes(from)) throw new Error(`the door does not say ${from}`);
  return { ...good, [door.file]: goodDoor.replace(from, to) };
}

type Plant = readonly [rule: string, what: string, tree: Readonly<Record<string, string>>, expected: RegExp];

const plants: readonly Plant[] = [
  ["every file belongs to a room", "a stray file", { ...good, "lib/helper.ts": "" }, /^lib\/helper\.ts$/],
  ["every file belongs to a room", "an unknown folder", { ...good, "lib/shared/a.ts": "" }, /^lib\/shared\/a\.ts$/],
  ["every file belongs to a room", "a folder named like a file's room", { ...good, "lib/index.ts/a.ts": "" }, /index\.ts\/a\.ts$/],
  ["every file belongs to a room", "JavaScript", { ...good, "lib/util/a.js": "" }, /^lib\/util\/a\.js$/],

  ...([
    ["an import", `import { Query } from "../repository/query";`],
    ["a type import", `import type { Query } from "../repository/query";`],
    ["an inline type import", `import { type Query } from "../repository/query";`],
    ["an import for its effect", `import "../repository/query";`],
    ["an import with an extension", `import { Query } from "../repository/query.js";`],
    ["a re-export", `export { query } from "../repository/query";`],
    ["a re-exported type", `export type { Query } from "../repository/query";`],
    ["a dynamic import", `export const later = () => import("../repository/query");`],
    ["a require", `const { query } = require("../repository/query");`],
    ["a module's require", `const { query } = module.require("../repository/query");`],
    ["a require made by hand", `const get = createRequire(__filename);\nget("../repository/query");`],
    ["an import assignment", `import query = require("../repository/query");`],
    ["an import type", `export type Q = import("../repository/query").Query;`],
    ["a typeof import", `export type Q = typeof import("../repository/query");`],
    ["a module's augmentation", `declare module "../repository/query" { interface Query { extra: true } }`],
    ["a reference", `/// <reference path="../repository/query.ts" />`],
    ["the package's own name", `import { Query } from "freehold";`],
  ] as const).map(([what, text]): Plant =>
    ["no import goes up to a later room", what, { ...good, "lib/model/planted.ts": text },
      /^lib\/model\/planted\.ts:\d+ \(model\) imports lib\/(repository\/query|index)\.ts \((repository|index\.ts)\)$/]),
  ["no import goes up to a later room", "an import of the barrel", { ...good, "lib/database.ts": `import { Fault } from "./index";` }, /index\.ts/],

  ["no files import each other in a circle", "two files", {
    "lib/sql/a.ts": `import { b } from "./b"; export const a = b;`, "lib/sql/b.ts": `import { a } from "./a"; export const b = a;`,
  }, /^lib\/sql\/a\.ts <-> lib\/sql\/b\.ts$/],
  ["no files import each other in a circle", "three files by types only", {
    "lib/sql/a.ts": `import type { B } from "./b"; export type A = B;`, "lib/sql/b.ts": `export type { C as B } from "./c";`,
    "lib/sql/c.ts": `export type C = import("./a").A;`, "lib/sql/d.ts": `import "./a";`,
  }, /^lib\/sql\/a\.ts <-> lib\/sql\/b\.ts <-> lib\/sql\/c\.ts$/],
  ["no files import each other in a circle", "a file that imports itself", { "lib/sql/a.ts": `import "./a";` }, /^lib\/sql\/a\.ts$/],

  ["no rooms import each other in a circle", "by way of a third room and different files", {
    "lib/errors/a.ts": `import "../model/b";`, "lib/model/b.ts": `import "../util/c";`,
    "lib/util/c.ts": `import "../errors/d";`, "lib/errors/d.ts": "",
  }, /^errors <-> model <-> util$/],

  ["no file is longer than 300 lines", "301 lines", { ...good, "lib/util/long.ts": "const a = 1;\n".repeat(301) }, /^lib\/util\/long\.ts: 301 lines$/],

  ["index.ts names what it exports", "a star", { ...good, "lib/index.ts": `export * from "./errors/kinds";` }, /export \*/],
  ["index.ts names what it exports", "a star with types", { ...good, "lib/index.ts": `export type * from "./errors/kinds";` }, /export type \*/],
  ["index.ts names what it exports", "a namespace", { ...good, "lib/index.ts": `export * as errors from "./errors/kinds";` }, /export \* as/],

  ["relative imports stay inside lib/", "into spec/", { ...good, "lib/util/a.ts": `import "../../spec/support/databases";` }, /reaches out to \.\.\/\.\.\/spec/],
  ["relative imports stay inside lib/", "a type of spec/", { ...good, "lib/util/a.ts": `export type A = import("../../spec/a").A;` }, /spec\/a$/],
  ["relative imports stay inside lib/", "into the build", { ...good, "lib/util/a.ts": `import "../../dist/index";` }, /dist/],

  ["relative imports name a file", "a file that is not there", { ...good, "lib/util/a.ts": `import "./missing";` }, /\.\/missing/],
  ["only loaders import what is computed", "a computed import", { ...good, "lib/model/a.ts": `export const load = (name: string) => import(name);` }, /a\.ts:1/],
  ["only loaders import what is computed", "a computed require", { ...good, "lib/model/a.ts": "require(`../${'repository'}/query`);" }, /a\.ts:1/],

  ["reflection is read in one place", "a second import", { ...good, "lib/decorators/column.ts": `import "reflect-metadata";` }, /imports reflect-metadata/],
  ["reflection is read in one place", "a second reader", { ...good, "lib/decorators/column.ts": `Reflect.getMetadata("design:type", {});` }, /uses Reflect\.getMetadata/],
  ["reflection is read in one place", "design types read in the store", { ...good, "lib/metadata/record-store.ts": `Reflect.getMetadata("design:type", {});` }, /asks for "design:type"/],

  ...["sqlite3", "better-sqlite3", "pg", "pg/lib/client", "node:sqlite"].map((name): Plant =>
    ["drivers' packages are imported in lib/driver alone", name, { ...good, "lib/dialect/a.ts": `import type { Database } from "${name}";` }, /dialect\/a\.ts:1 imports/]),

  ["@opentelemetry/… is imported in lib/opentelemetry alone", "a type in the core", {
    ...good, "lib/driver/telemetry.ts": `import type { Span } from "@opentelemetry/api";`, "lib/opentelemetry/watch.ts": `import { trace } from "@opentelemetry/api";`,
  }, /^lib\/driver\/telemetry\.ts:1 imports @opentelemetry\/api$/],

  ...([
    ["an assertion", `export const forged = {} as TableSource;`, /asserts TableSource/],
    ["an assertion by way of unknown", `export const forged = [] as unknown as readonly TableSource[];`, /asserts/],
    ["an assertion in angle brackets", `export const forged = <TableSource>{};`, /asserts/],
    ["satisfies", `export const forged = { a: 1 } satisfies TableSource;`, /asserts/],
    ["an annotated literal", `export const forged: TableSource = { model: {} };`, /writes out a TableSource/],
    ["a frozen literal", `export const forged: Readonly<TableSource> = Object.freeze({ model: {} });`, /writes out a TableSource/],
    ["literals in a list", `export const forged: readonly TableSource[] = [{ model: {} }];`, /writes out a TableSource/],
    ["a literal as a default", `export function read(from: TableSource = { model: {} }): unknown { return from; }`, /writes out a TableSource/],
    ["a literal in a field", `export class Reader { from: TableSource = { model: {} }; }`, /writes out a TableSource/],
    ["a function that returns one", `export function forge(): TableSource { return { model: {} }; }`, /returns a written-out/],
    ["an arrow that returns one", `export const forge = (ok: boolean): TableSource | null => (ok ? { model: {} } : null);`, /returns a written-out/],
    ["an async method", `export class Forge { async make(): Promise<TableSource> { return { model: {} }; } }`, /returns a written-out/],
    ["a literal of the kind", `export const forged = { kind: "table", model: {} };`, /kind "table"/],
    ["a literal of the constant kind", `export const forged = { "kind": "table" as const };`, /kind "table"/],
    ["a literal of the kind with everything else spread in", `export const forge = (rest: object) => ({ kind: "table", ...rest });`, /kind "table"/],
    ["a copy of a parameter", `export function widen(source: TableSource): unknown { return { ...source, guard: null }; }`, /copies a source/],
    ["a copy of an opened one", `const mine = openTable({}, {});\nexport const forged = { ...mine, guard: null };`, /copies a source/],
    ["a copy on the spot", `export const forged = { ...openTable({}, {}), guard: null };`, /copies a source/],
    ["a second register", `export const sources = new WeakSet<TableSource>();`, /keeps a register/],
    ["an alias", `export type Door = Readonly<TableSource>;`, /another name/],
    ["an interface on top", `export interface Door extends TableSource { extra: true }`, /derives from/],
    ["a class", `export class Door implements TableSource {}`, /derives from/],
    ["another openTable", `export function openTable(): void {}`, /declares another openTable/],
    ["a renamed type", `import type { TableSource as Door } from "../sql/table-source";`, /renames/],
    ["a renamed maker", `export { openTable as open } from "../sql/table-source";`, /renames/],
    ["the whole module", `import * as everything from "../sql/table-source";`, /whole module/],
    ["the module on demand", `export const everything = () => import("../sql/table-source");`, /whole module/],
  ] as const).map(([what, text, expected]): Plant => ["there is one door", what, beside(text), expected]),
  ...([
    ["an exported register", "const sources", "export const sources", /lets the register of sources out/],
    ["a register exported below", "export function isTableSource", "export { sources };\n  export function isTableSource", /lets the register of sources out/],
    ["a register handed over", "export function isTableSource", "export const register = () => sources;\n  export function isTableSource", /lets the register of sources out/],
    ["an exported brand", "declare const brand", "export declare const brand", /exports the brand/],
    ["a second maker", "export function isTableSource", "export function reopen(): TableSource { return openTable({}, {}); }\n  export function isTableSource", /makes a source outside openTable/],
    ["a second maker as a constant", "export function isTableSource", "export const adopt = (value: object) => { sources.add(value); };\n  export function isTableSource", /makes a source outside openTable/],
    ["a brand outside the maker", "return source;\n  }\n  export function isTableSource", "return { ...source } as TableSource;\n  }\n  export function isTableSource", /makes a source outside openTable/],
    ["a guard that answers with something else", "return source;\n  }\n  export function isTableSource", "return last;\n  }\n  export function isTableSource", /makes a source outside openTable/],
    ["no register", "new WeakSet<object>()", "{ add() {}, has() { return true; } }", /0 registers/],
  ] as const).map(([what, from, to, expected]): Plant => ["there is one door", what, inDoor(from, to), expected]),
];

describe("the library's architecture", () => {
  const library = parse(readLibrary(join(__dirname, "..")));

  it("is read from the real tree", () => {
    expect([...library.tree.keys()]).toEqual(expect.arrayContaining([door.file, "lib/index.ts", "lib/database.ts"]));
    expect(library.imports.length).toBeGreaterThan(library.tree.size);
  });

  it.each(names)("%s", (rule) => {
    expect(rules[rule]!(library)).toEqual([]);
  });
});

describe("the rules themselves", () => {
  it.each(names)("find nothing in a small tree that is as it should be: %s", (rule) => {
    expect(faults(rule, good)).toEqual([]);
  });

  it.each(plants)("%s: finds %s", (rule, _what, tree, expected) => {
    const found = faults(rule, tree);
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it.each(names)("have a planted fault each: %s", (rule) => {
    expect(plants.map(([planted]) => planted)).toContain(rule);
  });

  it("let a file have 300 lines", () => {
    expect(faults("no file is longer than 300 lines", { "lib/util/long.ts": "const a = 1;\n".repeat(300) })).toEqual([]);
  });
});
