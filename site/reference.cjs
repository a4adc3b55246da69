"use strict";

const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const root = path.resolve(__dirname, "..");

/**
 * Types that only compute other types, or that nobody has to name. What is exported and refers to anything else that is not exported is a
 * fault: readers could not look it up.
 */
const helpers = [
  "AggregateOrderBy", "AnyClass", "Chosen", "Dialect", "ErrorPlace", "Exactly", "Fields", "GroupOf", "GroupTerm", "Having", "HookDecorator", "InputFor", "IsOwned",
  "KeptOptions", "Listed", "Load", "LoadedRelation", "ModelOptions", "NeedsOwner", "NeedsSystemKey", "NoRelations", "NumberingShape", "OwnerGuess", "OwnerKeys", "Part",
  "PathInto", "Pool", "PropertyDecorator", "PropertyKeys", "PutAside", "Reach", "ReachOf", "Reachable", "RelationKeys", "RelationTarget", "SqlOptions",
  "SqlValue", "SqliteOptions", "Summable", "SystemKeys", "TargetOf", "ToOneKeys", "Total", "Unbranded", "Value",
];

/** The entries of the package, as tsconfig.json has them: "freehold" and "freehold/…". */
function entries() {
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile);
  return Object.values(config.compilerOptions.paths).map(([file]) => path.join(root, file));
}

/**
 * Writes the reference of everything that the package exports as pages into `folder`, and gives its faults: exports without documentation,
 * links that lead nowhere, types that are used and not exported.
 *
 * @param {string} folder
 * @returns {Promise<readonly string[]>}
 */
async function makeReference(folder) {
  const { Application, Logger } = await import("typedoc");
  const faults = [];
  class Faults extends Logger {
    log(message, level) {
      // 2 and 3: warnings and errors.
      if (level >= 2) faults.push(message);
    }
  }
  fs.rmSync(folder, { recursive: true, force: true });
  const app = await Application.bootstrapWithPlugins({
    name: "Freehold",
    logLevel: "Warn",
    tsconfig: path.join(root, "tsconfig.build.json"),
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: entries(),
    basePath: path.join(root, "lib"),
    // Without it TypeDoc writes to docs/, and empties that first.
    out: folder,
    readme: "none",
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    intentionallyNotExported: helpers,
    validation: { notExported: true, invalidLink: true, notDocumented: true, rewrittenLink: true },
    requiredToBeDocumented: ["Class", "Enum", "Function", "Interface", "Method", "TypeAlias", "Variable"],
    // Of the plugin.
    entryFileName: "index",
    outputFileStrategy: "members",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    expandObjects: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    sanitizeComments: true,
    navigationJson: path.join(folder, "navigation.json"),
  });
  app.logger = new Faults();
  const project = await app.convert();
  if (project === undefined) return faults.length > 0 ? faults : ["TypeDoc made nothing"];
  for (const entry of project.children ?? []) entry.name = importedAs(entry.name);
  app.validate(project);
  await app.generateOutputs(project);
  renameIndex(folder);
  return faults;
}

/** What programs import: lib/index.ts is "freehold", lib/migrate/index.ts is "freehold/migrate". */
function importedAs(name) {
  return name === "index" ? "freehold" : `freehold/${name.replace(/\/index$/, "")}`;
}

/** The decorator `Index` must not become the index of its folder. */
function renameIndex(folder) {
  const files = fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)).filter((name) => /\.(md|json)$/.test(name));
  for (const file of files) {
    const text = fs.readFileSync(file, "utf8");
    const renamed = text.replaceAll("/Index.md", "/Index-decorator.md").replaceAll("(Index.md", "(Index-decorator.md");
    if (renamed !== text) fs.writeFileSync(file, renamed);
    if (path.basename(file) === "Index.md") fs.renameSync(file, path.join(path.dirname(file), "Index-decorator.md"));
  }
}

module.exports = { entries, makeReference };
