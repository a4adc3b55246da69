import { posix } from "node:path";
import * as ts from "typescript";
import { doorFaultsOf } from "./door-rules";
import { at, nodesOf, place, type Library } from "./source-tree";

/** The order in which data flows: a room may import from itself and from the rooms before it, from nothing else. */
export const rooms = [
  "util", "errors", "metadata", "decorators", "entities", "model", "scope", "sql", "raw", "dialect", "driver", "hydrate",
  "repository", "schema", "introspect", "migrate", "doctor", "database.ts", "freehold-config.ts", "index.ts", "cli", "opentelemetry", "nestjs", "testing",
] as const;

const longest = 300;
/** The reader of what the compiler emitted, and the store that keeps the decorators' records beside it. */
const reflectReader = "lib/metadata/design-type.ts";
const reflectUsers: readonly string[] = [reflectReader, "lib/metadata/record-store.ts"];
const nativeDrivers = /^(sqlite3|better-sqlite3|pg|pg-.+|postgres|mysql2?|mariadb|libsql|@libsql\/.+|@types\/(pg|better-sqlite3)|(node|bun):sqlite)(\/|$)/;
/** Rooms whose work is to load what a user names: a driver's package, a migration file, a configuration file. */
const loaders: readonly (string | undefined)[] = ["driver", "migrate", "cli"];

/** Every rule by its name; each gives one line for each fault that it finds. */
export const rules: Readonly<Record<string, (library: Library) => readonly string[]>> = {
  "every file belongs to a room": ({ tree }) =>
    [...tree.keys()].filter((path) => roomOf(path) === undefined || !path.endsWith(".ts")),

  "no import goes up to a later room": ({ imports }) => imports.flatMap((found) => {
    if (found.target === undefined) return [];
    const [from, to] = [roomOf(found.from), roomOf(found.target)];
    return from !== undefined && to !== undefined && rooms.indexOf(to) > rooms.indexOf(from)
      ? [`${place(found)} (${from}) imports ${found.target} (${to})`] : [];
  }),

  "no files import each other in a circle": ({ imports }) =>
    circles(imports.map(({ from, target }) => [from, target])),

  "no rooms import each other in a circle": ({ imports }) =>
    circles(imports.map(({ from, target }) => [roomOf(from), target && roomOf(target)] as const)
      .filter(([from, to]) => from !== to)),

  "no file is longer than 300 lines": ({ tree }) => [...tree].flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, "").split("\n").length;
    return lines > longest ? [`${path}: ${lines} lines`] : [];
  }),

  "index.ts names what it exports": ({ files }) => nodesOf(files.get("lib/index.ts"))
    .filter((node) => ts.isExportDeclaration(node) && !(node.exportClause && ts.isNamedExports(node.exportClause)))
    .map((node) => `${at(node)}: ${node.getText()}`),

  "relative imports stay inside lib/": ({ imports }) => imports
    .filter(({ from, specifier }) => specifier !== undefined && leaves(from, specifier))
    .map((found) => `${place(found)} reaches out to ${found.specifier}`),

  "relative imports name a file": ({ imports }) => imports
    .filter(({ from, specifier, target }) =>
      specifier !== undefined && /^[.#]/.test(specifier) && target === undefined && !leaves(from, specifier) && !isManifest(from, specifier))
    .map((found) => `${place(found)} imports ${found.specifier}, which is no file of lib/`),

  "only loaders import what is computed": ({ imports }) => imports
    .filter(({ from, specifier }) => specifier === undefined && !loaders.includes(roomOf(from)))
    .map((found) => `${place(found)} imports something that cannot be read from the source`),

  "reflection is read in one place": ({ files, imports }) => [
    ...imports.filter(({ from, specifier }) => specifier?.startsWith("reflect-metadata") && !reflectUsers.includes(from))
      .map((found) => `${place(found)} imports reflect-metadata`),
    ...[...files].filter(([path]) => !reflectUsers.includes(path)).flatMap(([, file]) => nodesOf(file)
      .filter((node) => ts.isPropertyAccessExpression(node) && node.expression.getText() === "Reflect" && /metadata/i.test(node.name.text))
      .map((node) => `${at(node)} uses ${node.getText()}`)),
    ...[...files].filter(([path]) => path !== reflectReader).flatMap(([, file]) => nodesOf(file)
      .filter((node) => ts.isStringLiteralLike(node) && node.text.startsWith("design:"))
      .map((node) => `${at(node)} asks for ${node.getText()}`)),
  ],

  "drivers' packages are imported in lib/driver alone": ({ imports }) => imports
    .filter(({ from, specifier }) => specifier !== undefined && nativeDrivers.test(specifier) && roomOf(from) !== "driver")
    .map((found) => `${place(found)} imports ${found.specifier}`),

  "@opentelemetry/… is imported in lib/opentelemetry alone": ({ imports }) => imports
    .filter(({ from, specifier }) => specifier?.startsWith("@opentelemetry/") === true && roomOf(from) !== "opentelemetry")
    .map((found) => `${place(found)} imports ${found.specifier}`),

  "there is one door": doorFaultsOf,
};

function roomOf(path: string): (typeof rooms)[number] | undefined {
  const [, first] = path.split("/");
  return rooms.find((room) => room === first && path.startsWith("lib/") && room.endsWith(".ts") === (path === `lib/${room}`));
}

/** Whether an import by path ends outside lib/. */
function leaves(from: string, specifier: string): boolean {
  if (!specifier.startsWith(".")) return specifier.startsWith("/");
  const path = posix.join(posix.dirname(from), specifier);
  return path !== "lib" && !path.startsWith("lib/") && !isManifest(from, specifier);
}

/** The library's own package.json, which lies beside dist/ as it lies beside lib/. */
function isManifest(from: string, specifier: string): boolean {
  return posix.join(posix.dirname(from), specifier) === "package.json";
}

/** Groups of names that reach each other (Tarjan's strongly connected components), and names that reach themselves. */
function circles(edges: readonly (readonly [string | undefined, string | undefined])[]): string[] {
  const graph = new Map<string, Set<string>>();
  for (const [from, to] of edges) {
    if (from !== undefined && to !== undefined) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  }
  const index = new Map<string, number>();
  const stack: string[] = [];
  const result: string[] = [];
  const visit = (name: string): number => {
    let lowest = index.size;
    index.set(name, lowest);
    const own = lowest;
    stack.push(name);
    for (const next of graph.get(name) ?? []) {
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, index.get(next) ?? lowest);
    }
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(name));
      if (group.length > 1 || graph.get(name)?.has(name)) result.push(group.sort().join(" <-> "));
    }
    return lowest;
  };
  for (const name of graph.keys()) if (!index.has(name)) visit(name);
  return result;
}
