import * as ts from "typescript";
import { at, calls, childrenOf, isExported, nodesOf, place, type Library } from "./source-tree";

/** The one file that makes sources of rows, and the names that the rest of lib/ knows it by. */
export const door = {
  file: "lib/sql/table-source.ts", maker: "openTable", type: "TableSource", kind: "table", guards: ["requireSource", "isTableSource"],
  members: ["model", "access", "scope", "reach"],
} as const;

/** What would open a second way to a source of rows, anywhere in the library. */
export function doorFaultsOf(library: Library): readonly string[] {
  const faults = [...library.files].flatMap(([path, file]) => path === door.file ? doorFaults(file) : secondDoors(file));
  return [...faults, ...doorByAnotherName(library)];
}

/** Faults of the door's own file: what would let others register or brand a source. */
function doorFaults(file: ts.SourceFile): string[] {
  const nodes = nodesOf(file);
  const sets = nodes.filter((node): node is ts.VariableDeclaration => ts.isVariableDeclaration(node)
    && node.initializer !== undefined && ts.isNewExpression(node.initializer) && node.initializer.expression.getText() === "WeakSet");
  const registers = new Set(sets.map((node) => node.name.getText()));
  const exported = exportedNames(file);
  return [
    ...(sets.length === 1 ? [] : [`${file.fileName} has ${sets.length} registers of sources instead of one`]),
    ...nodes.filter((node) => ts.isIdentifier(node) && registers.has(node.text) && !isRegisterUse(node))
      .map((node) => `${at(node)} lets the register of sources out`),
    ...nodes.filter((node) => ts.isTypeOperatorNode(node) && node.type.kind === ts.SyntaxKind.SymbolKeyword
      && ts.isVariableDeclaration(node.parent) && exported.has(node.parent.name.getText())).map((node) => `${at(node)} exports the brand`),
    ...nodes.filter((node) => makes(node, registers) && enclosing(node) !== door.maker)
      .map((node) => `${at(node)} makes a source outside ${door.maker}`),
  ];
}

/** The declaration itself, or a look or an entry; anything else could hand the set to somebody. */
function isRegisterUse(node: ts.Node): boolean {
  const { parent } = node;
  return (ts.isVariableDeclaration(parent) && parent.name === node && !isExported(parent.parent.parent))
    || (ts.isPropertyAccessExpression(parent) && ["add", "has"].includes(parent.name.text)
      && ts.isCallExpression(parent.parent) && parent.parent.expression === parent);
}

/** Whether the node brands a source, enters one into the register, or hands out one that it was not given. */
function makes(node: ts.Node, registers: ReadonlySet<string>): boolean {
  if (isAssertion(node)) return mentions(node.type);
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "add" && registers.has(node.expression.getText());
  if (!ts.isFunctionLike(node) || !isSource(node.type)) return false;
  const given = node.parameters.map((parameter) => parameter.name.getText());
  return results(node).some((result) => !given.includes(result.getText()));
}

/** The name of the top-level declaration that holds the node. */
function enclosing(node: ts.Node): string | undefined {
  if (!ts.isSourceFile(node.parent)) return enclosing(node.parent);
  return ts.isFunctionDeclaration(node) ? node.name?.text : undefined;
}

/** Places outside the door's file that would bring a source about. */
function secondDoors(file: ts.SourceFile): string[] {
  const nodes = nodesOf(file);
  const sources = new Set(nodes.flatMap((node) => isTyped(node) && node.name !== undefined
    && (isSource(node.type) || (node.initializer !== undefined && calls(node.initializer, door.maker))) ? [node.name.getText()] : []));
  return nodes.flatMap((node) => {
    const fault = secondDoor(node, sources);
    return fault === undefined ? [] : [`${at(node)} ${fault}`];
  });
}

function secondDoor(node: ts.Node, sources: ReadonlySet<string>): string | undefined {
  if (isAssertion(node) && mentions(node.type)) return `asserts ${node.type.getText()}`;
  if (isTyped(node) && isSource(node.type) && producesLiteral(node.initializer)) return `writes out a ${door.type}`;
  if (ts.isFunctionLike(node) && isSource(node.type) && results(node).some(producesLiteral)) return `returns a written-out ${door.type}`;
  if (ts.isObjectLiteralExpression(node) && kindOf(node) === door.kind && !isOtherTable(node)) return `writes out a node of kind "${door.kind}"`;
  if (ts.isSpreadAssignment(node) && (calls(node.expression, door.maker) || sources.has(node.expression.getText()))) return "copies a source";
  if (ts.isNewExpression(node) && node.expression.getText() === "WeakSet" && node.typeArguments?.some(mentions)) return "keeps a register of sources";
  if (ts.isTypeAliasDeclaration(node) && !ts.isUnionTypeNode(node.type) && isSource(node.type)) return `gives ${door.type} another name`;
  if (ts.isHeritageClause(node) && node.types.some((type) => type.expression.getText() === door.type)) return `derives from ${door.type}`;
  if ((ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || ts.isMethodDeclaration(node))
    && node.name?.getText() === door.maker) return `declares another ${door.maker}`;
  return undefined;
}

/** Under another name, or as part of a namespace, the rules above would not know the door again. */
function doorByAnotherName({ files, imports }: Library): string[] {
  const names: readonly string[] = [door.maker, door.type, ...door.guards];
  const renamed = [...files.values()].flatMap(nodesOf).filter((node) => (ts.isImportSpecifier(node) || ts.isExportSpecifier(node))
    && node.propertyName !== undefined && (names.includes(node.propertyName.text) || names.includes(node.name.text)));
  const whole = imports.filter(({ target, form }) => target === door.file && form === "dynamic").map(place);
  const namespaces = [...files.values()].flatMap(nodesOf).filter((node) =>
    (ts.isNamespaceImport(node) || ts.isNamespaceExport(node)) && /\/table-source(\.js|\.ts)?["']/.test(nearestStatement(node).getText()));
  return [...renamed.map((node) => `${at(node)} renames: ${node.getText()}`),
    ...[...whole, ...namespaces.map(at)].map((where) => `${where} takes hold of the door's whole module`)];
}

/** The node kinds that pair a type with a value. */
function isTyped(node: ts.Node): node is ts.VariableDeclaration | ts.ParameterDeclaration | ts.PropertyDeclaration {
  return ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isPropertyDeclaration(node);
}

function isAssertion(node: ts.Node): node is ts.AsExpression | ts.TypeAssertion | ts.SatisfiesExpression {
  return ts.isAsExpression(node) || ts.isTypeAssertionExpression(node) || ts.isSatisfiesExpression(node);
}

/** Whether the type says TableSource anywhere. */
function mentions(type: ts.TypeNode): boolean {
  return nodesOf(type).some((node) => ts.isIdentifier(node) && node.text === door.type);
}

/** Whether a value of the type may itself be a source (or hold nothing but sources), rather than have one in a property. */
function isSource(type: ts.TypeNode | undefined): boolean {
  if (type === undefined) return false;
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.some(isSource);
  if (ts.isParenthesizedTypeNode(type) || ts.isTypeOperatorNode(type)) return isSource(type.type);
  if (ts.isArrayTypeNode(type)) return isSource(type.elementType);
  if (ts.isImportTypeNode(type)) return type.qualifier?.getText() === door.type;
  if (!ts.isTypeReferenceNode(type)) return false;
  return type.typeName.getText() === door.type
    || (/^(Promise|Readonly|Required|Partial|Array|ReadonlyArray|NonNullable)$/.test(type.typeName.getText()) && (type.typeArguments ?? []).some(isSource));
}

/** Whether the expression is, or may turn out as, an object literal that could be a source. */
function producesLiteral(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  if (ts.isObjectLiteralExpression(value)) return [undefined, door.kind].includes(kindOf(value) as typeof door.kind | undefined);
  if (ts.isParenthesizedExpression(value) || ts.isAwaitExpression(value) || ts.isAsExpression(value)
    || ts.isSatisfiesExpression(value) || ts.isNonNullExpression(value)) return producesLiteral(value.expression);
  if (ts.isConditionalExpression(value)) return [value.whenTrue, value.whenFalse].some(producesLiteral);
  if (ts.isBinaryExpression(value)) return [value.left, value.right].some(producesLiteral);
  if (ts.isArrayLiteralExpression(value)) return value.elements.some(producesLiteral);
  return ts.isCallExpression(value) && /freeze|assign|create|clone|parse/i.test(value.expression.getText()) && value.arguments.some(producesLiteral);
}

/** The text of an object literal's `kind`, where it is written out. */
function kindOf(literal: ts.ObjectLiteralExpression): string | undefined {
  const kind = literal.properties.find((property) => property.name !== undefined && /^["']?kind["']?$/.test(property.name.getText()));
  if (kind === undefined || !ts.isPropertyAssignment(kind)) return undefined;
  const value = ts.isAsExpression(kind.initializer) ? kind.initializer.expression : kind.initializer;
  return ts.isStringLiteralLike(value) ? value.text : undefined;
}

/** Whether a literal of the kind is plainly something else that is called a table, such as an entry of a schema. */
function isOtherTable(literal: ts.ObjectLiteralExpression): boolean {
  const names = literal.properties.map((property) => property.name?.getText().replace(/["']/g, ""));
  const members: readonly (string | undefined)[] = [undefined, ...door.members];
  return names.some((name) => name !== "kind") && !names.some((name) => members.includes(name));
}

/** What a function hands back, its inner functions left out. */
function results(node: ts.SignatureDeclaration): ts.Expression[] {
  if (!("body" in node) || node.body === undefined) return [];
  const body = node.body as ts.Node;
  if (!ts.isBlock(body)) return [body as ts.Expression];
  const collect = (inner: ts.Node): ts.Expression[] => ts.isFunctionLike(inner) ? []
    : ts.isReturnStatement(inner) ? (inner.expression ? [inner.expression] : [])
    : childrenOf(inner).flatMap(collect);
  return collect(body);
}

function exportedNames(file: ts.SourceFile): ReadonlySet<string> {
  return new Set(file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      return statement.exportClause.elements.map((element) => (element.propertyName ?? element.name).text);
    }
    if (!isExported(statement)) return [];
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((declared) => declared.name.getText());
    return "name" in statement && statement.name !== undefined ? [(statement.name as ts.Node).getText()] : [];
  }));
}

function nearestStatement(node: ts.Node): ts.Node {
  return ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node : nearestStatement(node.parent);
}
