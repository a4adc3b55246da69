import { join } from "node:path";

/**
 * The place from which Freehold looks for other packages: this file. Where Freehold is part of a bundle of ES modules, which know no
 * `__filename`, the program that runs.
 */
export const here = typeof __filename === "string" ? __filename : process.argv[1] ?? join(process.cwd(), "package.json");
