import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

/** TypeScript's text as JavaScript's, types gone and decorators carried out. */
export type Transpile = (source: string, file: string) => string;

/** As much of the package `typescript` as is used here; version 7 has none of it. */
interface TypeScript {
  readonly ModuleKind: { readonly CommonJS: number; readonly ESNext: number };
  readonly ScriptTarget: { readonly ES2022: number };
  readonly sys: { fileExists(file: string): boolean; readonly useCaseSensitiveFileNames: boolean };
  findConfigFile(folder: string, exists: (file: string) => boolean): string | undefined;
  readConfigFile(file: string, read: (file: string) => string): { readonly config?: unknown };
  parseJsonConfigFileContent(config: unknown, host: object, folder: string): { readonly options: object };
  transpileModule(source: string, options: { readonly fileName: string; readonly reportDiagnostics: true; readonly compilerOptions: object }): {
    readonly outputText: string;
    readonly diagnostics?: readonly Diagnostic[];
  };
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}

interface Diagnostic {
  readonly start?: number;
  readonly messageText: unknown;
  readonly file?: { getLineAndCharacterOfPosition(start: number): { readonly line: number; readonly character: number } };
}

/**
 * The project's own TypeScript, which alone reads types exactly as the project's build does: a column's type may follow from an
 * alias. Null where there is none that can be called, as from version 7 on.
 */
export function typescriptOf(from: string): Transpile | null {
  const typescript = findTypescript(from);
  return typescript === null ? null : transpiler(typescript);
}

function findTypescript(from: string): TypeScript | null {
  try {
    const found = createRequire(from)("typescript") as Partial<TypeScript>;
    return typeof found.transpileModule === "function" ? found as TypeScript : null;
  } catch {
    return null;
  }
}

function transpiler(typescript: TypeScript): Transpile {
  const settings = new Map<string, object>();
  return (source, file) => {
    const folder = dirname(file);
    let options = settings.get(folder);
    if (options === undefined) {
      options = optionsOf(typescript, folder);
      settings.set(folder, options);
    }
    // `export =` has no place in an ES module.
    const module = file.endsWith(".cts") ? typescript.ModuleKind.CommonJS : typescript.ModuleKind.ESNext;
    const { outputText, diagnostics = [] } = typescript.transpileModule(source, {
      fileName: file, reportDiagnostics: true, compilerOptions: { ...options, module },
    });
    // Those without a file are about options, which are not all the project's here.
    const first = diagnostics.find((diagnostic) => diagnostic.file !== undefined);
    if (first !== undefined) throw new SyntaxError(describe(typescript, file, first));
    return outputText;
  };
}

/** What decides over the meaning of the text is the project's; how it is written out is not. */
function optionsOf(typescript: TypeScript, folder: string): object {
  const file = typescript.findConfigFile(folder, (name) => typescript.sys.fileExists(name));
  const read = file === undefined ? {} : typescript.readConfigFile(file, (name) => readFileSync(name, "utf8"));
  const host = { ...typescript.sys, readDirectory: () => [] };
  const { options } = read.config === undefined || file === undefined ? { options: { strict: true } }
    : typescript.parseJsonConfigFileContent(read.config, host, dirname(file));
  return {
    ...options,
    moduleResolution: undefined, target: typescript.ScriptTarget.ES2022,
    experimentalDecorators: true, emitDecoratorMetadata: true, isolatedModules: true,
    sourceMap: false, inlineSourceMap: false, inlineSources: false, declaration: false, declarationMap: false, composite: false, incremental: false,
    noEmit: false, emitDeclarationOnly: false, allowImportingTsExtensions: false, noEmitHelpers: false, importHelpers: false,
  };
}

function describe(typescript: TypeScript, file: string, { file: source, start, messageText }: Diagnostic): string {
  const at = source === undefined || start === undefined ? undefined : source.getLineAndCharacterOfPosition(start);
  const place = at === undefined ? file : `${file}:${at.line + 1}:${at.character + 1}`;
  return `${place}: ${typescript.flattenDiagnosticMessageText(messageText, " ")}`;
}
