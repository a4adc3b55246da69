"use strict";

// Rolls the compiled modules of the library into one file for each entry and few that entries share: hundreds of small files
// take a process longer to find and read than to run. Packages stay outside, and nothing is minified.

const path = require("node:path");

/**
 * Writes the entries and what they share to `target`.
 *
 * @param {ReadonlyMap<string, string>} modules ES modules and their source maps by absolute path
 * @param {readonly string[]} entries relative to `target`
 * @param {string} target absolute
 */
async function bundle(modules, entries, target) {
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry.replace(/\.js$/, ""), path.join(target, entry)])),
    platform: "node",
    // Every name that is neither a path nor made by the bundler is a package's.
    external: /^[^./\0](?!:[\\/])/,
    plugins: [fromMemory(modules)],
    // What is told here is not to pass unseen: an import that leads nowhere, a circle, a name that does not exist.
    onLog: (_level, { message }) => { throw new Error(`rolldown: ${message}`); },
  });
  try {
    await build.write({
      dir: target,
      format: "cjs",
      // As the compiler wrote them, and as the specs run: ES modules are strict, and a write to what is frozen throws.
      strict: true,
      exports: "named",
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/shared.js",
      // The names of classes are seen: they are those of errors, and of entities.
      keepNames: true,
      sourcemap: true,
    });
  } finally {
    await build.close();
  }
}

/** Finds modules among those in memory. */
function fromMemory(modules) {
  return {
    name: "from-memory",
    resolveId(specifier, importer) {
      const file = importer === undefined ? specifier : path.resolve(path.dirname(importer), specifier);
      return [file, `${file}.js`, path.join(file, "index.js")].find((candidate) => modules.has(candidate)) ?? null;
    },
    load(file) {
      const code = modules.get(file);
      return code === undefined ? null : { code, map: modules.get(`${file}.map`) };
    },
  };
}

module.exports = { bundle };
