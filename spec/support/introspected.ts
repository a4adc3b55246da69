import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Database, introspect, type Driver, type EntityClass, type Introspection, type SchemaDifference } from "freehold";
import ts from "typescript";

const root = resolve(__dirname, "../..");
/** Files of the library and of the compiler, which every program shares. */
const parsed = new Map<string, ts.SourceFile | undefined>();
let count = 0;

/** An entity of which nothing is known beforehand. */
export type Row = Record<string, unknown>;
export type LoadedEntities = Readonly<Record<string, EntityClass<Row>>> & { readonly entities: readonly EntityClass<Row>[] };

/** Compiles generated sources and loads them, as a program would; the files are gone afterwards. */
export async function loadSources({ files }: Introspection): Promise<LoadedEntities> {
  const folder = join(root, ".cache", `introspected-${process.pid}-${count += 1}`);
  mkdirSync(folder, { recursive: true });
  try {
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    return await import(join(folder, "index.ts")) as LoadedEntities;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the compiler says of generated sources under `strict` and with every check of unused names. */
export function typeFaults({ files }: Introspection): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const folder = join(root, "spec", "generated");
  const sources = new Map(files.map(({ name, text }) => [join(folder, name), text]));
  const host = ts.createCompilerHost(options, true);
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...others) => {
    const text = sources.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
    if (!parsed.has(name)) parsed.set(name, original(name, ...others));
    return parsed.get(name);
  };
  host.fileExists = (name) => sources.has(name) || ts.sys.fileExists(name);
  host.directoryExists = (name) => name === folder || ts.sys.directoryExists(name);
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name))
    .map((diagnostic) => `${name}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`));
}

export interface RoundTrip {
  readonly introspection: Introspection;
  readonly loaded: LoadedEntities;
  readonly db: Database;
  readonly differences: readonly SchemaDifference[];
  /** What `ensure` would create on top. */
  readonly ensured: readonly string[];
}

/** Introspects, loads, opens and checks; the caller closes the database. */
export async function roundTrip(driver: () => Driver): Promise<RoundTrip> {
  const introspection = await introspect({ driver: driver() });
  const loaded = await loadSources(introspection);
  const db = await Database.open({ driver: driver(), entities: loaded.entities });
  try {
    return { introspection, loaded, db, differences: await db.schema.check(), ensured: await db.schema.ensure() };
  } catch (error) {
    await db.close();
    throw error;
  }
}
