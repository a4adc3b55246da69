import { join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(__dirname, "../..");

/** What the compiler says of files in a folder, and of Freehold's own declarations (as with `skipLibCheck: false`), as `file(line): message`. */
export function complaintsIn(folder: string, files: readonly string[], options: ts.CompilerOptions): readonly string[] {
  const program = ts.createProgram(files.map((file) => join(folder, file)), {
    target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], strict: true, noEmit: true, types: ["node"], typeRoots: [join(root, "node_modules", "@types")], ...options,
  });
  const declared = program.getSourceFiles().filter(({ fileName }) => fileName.includes("/node_modules/freehold/"));
  if (declared.length === 0) throw new Error("the package has no declarations");
  const looked = [...program.getSourceFiles().filter(({ fileName }) => files.some((file) => fileName === join(folder, file))), ...declared];
  const found = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics(), ...looked.flatMap((file) =>
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])];
  return found.map(({ file, start, messageText }) => {
    const place = file === undefined || start === undefined ? "" : `${file.fileName.slice(folder.length + 1)}(${file.getLineAndCharacterOfPosition(start).line + 1}): `;
    return `${place}${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

/** A file as tsc emits it. */
export function transpiled(text: string, options: ts.CompilerOptions): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, experimentalDecorators: true, emitDecoratorMetadata: true, ...options },
  });
  return outputText;
}
