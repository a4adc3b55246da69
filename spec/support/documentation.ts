import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";

const root = resolve(__dirname, "../..");

/** The pages whose code is compiled and run: the README and everything in docs/. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  return ["README.md", ...docs.sort()];
}

/**
 * The TypeScript blocks of a page, joined to one program in their order: the imports, then the rest as the body of an
 * async function `run`, because CommonJS has no `await` at the top.
 */
export function programOf(page: string): string | null {
  const text = readFileSync(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
  if (blocks.length === 0) return null;
  const imports: string[] = [];
  const rest: string[] = [];
  for (const block of blocks) {
    const source = ts.createSourceFile("block.ts", block, ts.ScriptTarget.ES2022, true);
    for (const statement of source.statements) (ts.isImportDeclaration(statement) ? imports : rest).push(statement.getFullText());
  }
  return `${imports.join("")}\nexport async function run(): Promise<void> {${rest.join("")}\n}\n`;
}

/** The compiler's complaints about a program, as `line: message`. */
export function complaints(program: string): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noUnusedLocals: false }, root);
  const file = join(root, "spec", "examples", "page.ts");
  const host = ts.createCompilerHost(options, true);
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...others) => name === file ? ts.createSourceFile(name, program, ts.ScriptTarget.ES2022, true) : original(name, ...others);
  host.fileExists = (name) => name === file || ts.sys.fileExists(name);
  const checked = ts.createProgram([file], options, host);
  const source = checked.getSourceFile(file);
  return ts.getPreEmitDiagnostics(checked, source).map((diagnostic) => {
    const line = diagnostic.start === undefined || source === undefined ? 0 : source.getLineAndCharacterOfPosition(diagnostic.start).line + 1;
    return `${line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`;
  });
}

/** Packages of ES modules, which Jest's sandbox does not load: programs with them run in a process of their own. */
const outside = /from "@nestjs\//;

/** Runs a program in this process, as a file of its own that is gone afterwards. */
export async function runProgram(page: string, program: string): Promise<void> {
  const folder = join(root, ".cache");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${page.replaceAll(/\W/g, "-")}-${process.pid}.ts`);
  const apart = outside.test(program);
  writeFileSync(file, apart ? `${program}void run();\n` : program);
  try {
    if (apart) {
      await promisify(execFile)(process.execPath, ["scripts/run-example.cjs", file], { cwd: root });
      return;
    }
    const { run } = await import(file) as { readonly run: () => Promise<void> };
    await run();
  } finally {
    rmSync(file, { force: true });
  }
}
