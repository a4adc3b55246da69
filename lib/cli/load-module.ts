import { createJiti } from "jiti";
import * as freehold from "../index";
import { typescriptOf } from "./transpile";

/** What Babel hands to a plugin, as far as this one looks. */
interface BabelPath {
  traverse(visitor: Readonly<Record<string, (path: { readonly node: { definite?: boolean } }) => void>>): void;
}

/** Babel refuses `title!: string` under a decorator, where it means to initialize the field; the mark says nothing at run time. */
const withoutMarks = (): object => ({
  visitor: { Program: (path: BabelPath) => path.traverse({ ClassProperty: ({ node }) => { node.definite = false; } }) },
});

/**
 * Loads a module of the user's: TypeScript or JavaScript, CommonJS or ES module. What it and the project's other files import as
 * `freehold` is this very package: a second copy of it would know nothing of their decorators.
 */
export async function loadModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  return await loaderFor(file).import(file);
}

function loaderFor(file: string): ReturnType<typeof createJiti> {
  const transpile = typescriptOf(file);
  const plain = createJiti(file, { fsCache: false });
  return createJiti(file, {
    // A cache of files would have to know how each of them was made.
    fsCache: false,
    interopDefault: false,
    tsconfigPaths: true,
    virtualModules: { freehold },
    transform: (options) => {
      const { source, filename, ts } = options;
      if (transpile === null || ts !== true || filename === undefined) {
        return { code: plain.transform({ ...options, babel: { ...options.babel, plugins: [withoutMarks] } }) };
      }
      return { code: plain.transform({ ...options, source: transpile(source, filename), ts: false }) };
    },
  });
}
