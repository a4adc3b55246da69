import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

const root = join(__dirname, "..", "..");
const files = readdirSync(__dirname).filter((name) => name.endsWith(".ts") && !name.endsWith(".spec.ts")).map((name) => join(__dirname, name));
/** Below 2000 the compiler speaks of syntax, but for a decorator that does not fit its class, and a type used as a value. */
const MEANT: readonly number[] = [1238, 1240, 1241, 1361];
const EXPECTATION = /^(\s*)\/\/ @ts-expect-error(.*)$/;

interface Expectation {
  readonly file: string;
  /** Line of the comment, from 0. */
  readonly line: number;
  readonly reason: string;
}

function readOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: object };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

/** Compiles the type specs with their texts as the function gives them. */
function compile(textOf: (file: string) => string, old?: ts.Program): ts.Program {
  const options = readOptions();
  const host = ts.createCompilerHost(options, true);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) => {
    const file = files.find((known) => known === join(name));
    return file === undefined
      ? old?.getSourceFile(name) ?? read(name, version, ...rest)
      : ts.createSourceFile(name, textOf(file), version, true);
  };
  return ts.createProgram(files, options, host);
}

function errorsOf(program: ts.Program): readonly ts.Diagnostic[] {
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`${file} was not compiled`);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
}

function place(error: ts.Diagnostic): { readonly file: string; readonly line: number } {
  if (error.file === undefined) throw new Error("an error without a place");
  return { file: join(error.file.fileName), line: error.file.getLineAndCharacterOfPosition(error.start ?? 0).line };
}

function words(error: ts.Diagnostic): string {
  const { file, line } = place(error);
  return `${file}:${line + 1} TS${error.code} ${ts.flattenDiagnosticMessageText(error.messageText, " ")}`;
}

const source = (file: string): string => readFileSync(file, "utf8");
const bare = (file: string): string => source(file).split("\n").map((line) => line.replace(EXPECTATION, "$1//")).join("\n");

const expectations: readonly Expectation[] = files.flatMap((file) => source(file).split("\n").flatMap((text, line) => {
  const found = EXPECTATION.exec(text);
  return found === null ? [] : [{ file, line, reason: (found[2] ?? "").trim() }];
}));

describe("what must compile and what must not", () => {
  const pinned = compile(source);
  const errors = errorsOf(compile(bare, pinned));
  const raised = new Map<string, number[]>();
  for (const error of errors) {
    const { file, line } = place(error);
    raised.set(`${file}:${line}`, [...(raised.get(`${file}:${line}`) ?? []), error.code]);
  }

  it("compiles as it stands", () => {
    expect(errorsOf(pinned).map(words)).toEqual([]);
  });

  it("has no file without expectations but the one of entities", () => {
    const without = files.filter((file) => !expectations.some((expectation) => expectation.file === file));
    expect(without).toEqual([join(__dirname, "entities.ts")]);
    expect(expectations.length).toBeGreaterThan(120);
  });

  it.each(expectations.map((expectation) => [`${expectation.file.slice(__dirname.length + 1)}:${expectation.line + 1} ${expectation.reason}`, expectation] as const))(
    "refuses %s", (_, { file, line, reason }) => {
      expect(reason).not.toBe("");
      const codes = raised.get(`${file}:${line + 1}`) ?? [];
      expect(codes.length).toBeGreaterThan(0);
      // A misspelt name or broken syntax would be refused for a reason that has nothing to do with the rule.
      expect(codes.filter((code) => (code < 2000 && !MEANT.includes(code)) || [2304, 2305, 2307, 2503, 2552, 2694].includes(code))).toEqual([]);
    });

  it("refuses nothing else", () => {
    const expected = new Set(expectations.map(({ file, line }) => `${file}:${line + 1}`));
    expect(errors.filter((error) => {
      const { file, line } = place(error);
      return !expected.has(`${file}:${line}`);
    }).map(words)).toEqual([]);
  });
});
