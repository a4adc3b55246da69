import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "./markdown";

function sourceOf(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022, true);
}

const nameOf = (member: { readonly name?: ts.PropertyName | undefined }): string => member.name?.getText() ?? "";

/** The members of the interfaces of a file, as `Interface.member`, of those whose names fit. */
export function membersOf(file: string, interfaces: RegExp): readonly string[] {
  return sourceOf(file).statements.filter(ts.isInterfaceDeclaration).filter(({ name }) => interfaces.test(name.text))
    .flatMap((declared) => declared.members.map((member) => `${declared.name.text}.${nameOf(member)}`));
}

/** The public methods of a class, without its constructor. */
export function methodsOf(file: string, name: string): readonly string[] {
  const declared = sourceOf(file).statements.filter(ts.isClassDeclaration).find((each) => each.name?.text === name);
  if (declared === undefined) throw new Error(`${file} has no class ${name}`);
  const methods = declared.members.filter(ts.isMethodDeclaration).map(nameOf).filter((each) => !each.startsWith("#"));
  return [...new Set(methods)];
}

/** The literals of a union of texts. */
export function literalsOf(file: string, name: string): readonly string[] {
  const declared = sourceOf(file).statements.filter(ts.isTypeAliasDeclaration).find((each) => each.name.text === name);
  if (declared === undefined || !ts.isUnionTypeNode(declared.type)) throw new Error(`${file} has no union ${name}`);
  return declared.type.types.map((type) => ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? type.literal.text : type.getText());
}

/** The names that the entries of the package export, as tsconfig.json lists them: values, or types as well. */
export function exportedNames(types: boolean): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { readonly config: { readonly compilerOptions: { readonly paths: Readonly<Record<string, readonly string[]>> } } };
  return Object.values(config.compilerOptions.paths).flatMap(([file]) => sourceOf(file!).statements.filter(ts.isExportDeclaration).flatMap((statement) => {
    const { exportClause, isTypeOnly } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) throw new Error(`${file} exports something without a name`);
    return exportClause.elements.filter((element) => types || !(isTypeOnly || element.isTypeOnly)).map((element) => element.name.text);
  }));
}
