import type { Checks } from "./world"; export const contextChecks: Checks = {};
