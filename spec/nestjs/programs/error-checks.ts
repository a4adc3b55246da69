import type { Checks } from "./world"; export const errorChecks: Checks = {};
