import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import * as ts from "typescript";

/** Source text by path from the repository's root, with forward slashes: `lib/sql/table-source.ts`. */
export type SourceTree = ReadonlyMap<string, string>;

/** One import of one file, in whatever form it is written. */
export interface Import {
  readonly from: string;
  readonly line: number;
  /** `undefined`: computed at run time. */
  readonly specifier: string | undefined;
  /** The file in lib/ that it means, if it means one. */
  readonly target: string | undefined;
  readonly form: "static" | "type" | "dynamic";
}

/** A parsed tree: what every rule looks at. */
export interface Library {
  readonly tree: SourceTree;
  readonly files: ReadonlyMap<string, ts.SourceFile>;
  readonly imports: readonly Import[];
}

/** Every file under `root`/lib. */
export function readLibrary(root: string): SourceTree {
  const entries = readdirSync(join(root, "lib"), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.sort().map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]));
}

export function parse(tree: SourceTree): Library {
  const files = new Map([...tree].map(([path, text]) => [path, ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)]));
  return { tree, files, imports: [...files.values()].flatMap((file) => importsOf(file, tree)) };
}

function importsOf(file: ts.SourceFile, tree: SourceTree): Import[] {
  const requires = new Set(["require", ...nodesOf(file).flatMap((node) => ts.isVariableDeclaration(node)
    && node.initializer !== undefined && calls(node.initializer, "createRequire") ? [node.name.getText()] : [])]);
  const found = nodesOf(file).flatMap((node): Import[] => {
    const read = specifierOf(node, requires);
    if (read === undefined) return [];
    const specifier = read.literal !== undefined && ts.isStringLiteralLike(read.literal) ? read.literal.text : undefined;
    return [{ from: file.fileName, line: lineOf(node), specifier, target: specifier && resolve(file.fileName, specifier, tree), form: read.form }];
  });
  const references = [...file.referencedFiles, ...file.typeReferenceDirectives].map(({ fileName, pos }): Import => ({
    from: file.fileName, line: file.getLineAndCharacterOfPosition(pos).line + 1, specifier: fileName,
    target: resolve(file.fileName, fileName, tree), form: "type",
  }));
  return [...found, ...references];
}

function specifierOf(node: ts.Node, requires: ReadonlySet<string>): { literal: ts.Node | undefined; form: Import["form"] } | undefined {
  if (ts.isImportDeclaration(node)) return { literal: node.moduleSpecifier, form: "static" };
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier && { literal: node.moduleSpecifier, form: "static" };
  if (ts.isExternalModuleReference(node)) return { literal: node.expression, form: "static" };
  if (ts.isModuleDeclaration(node)) return ts.isStringLiteral(node.name) ? { literal: node.name, form: "type" } : undefined;
  if (ts.isImportTypeNode(node)) return { literal: ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, form: "type" };
  if (!ts.isCallExpression(node)) return undefined;
  const { expression: callee } = node;
  const loads = callee.kind === ts.SyntaxKind.ImportKeyword || calls(callee, "createRequire")
    || (ts.isIdentifier(callee) && requires.has(callee.text))
    || (ts.isPropertyAccessExpression(callee) && (callee.name.text === "require" || requires.has(callee.expression.getText())));
  return loads ? { literal: node.arguments[0], form: "dynamic" } : undefined;
}

function resolve(from: string, specifier: string, tree: SourceTree): string | undefined {
  const own = /^freehold(?:\/(.+))?$/.exec(specifier);
  if (own === null && !specifier.startsWith(".")) return undefined;
  const path = own ? posix.join("lib", own[1] ?? "index.ts") : posix.join(posix.dirname(from), specifier);
  return [path, `${path}.ts`, path.replace(/\.([cm]?)js$/, ".$1ts"), `${path}/index.ts`].find((candidate) => tree.has(candidate));
}

export function isExported(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

export function calls(node: ts.Node, name: string): boolean {
  return ts.isCallExpression(node) && (ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression).getText() === name;
}

export function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

/** The node and all that lies in it. */
export function nodesOf(node: ts.Node | undefined): ts.Node[] {
  return node === undefined ? [] : [node, ...childrenOf(node).flatMap(nodesOf)];
}

export function lineOf(node: ts.Node): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

export function at(node: ts.Node): string {
  return `${node.getSourceFile().fileName}:${lineOf(node)}`;
}

export function place({ from, line }: Import): string {
  return `${from}:${line}`;
}
