import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const script = readFileSync(join(__dirname, "in-the-page/accessibility.js"), "utf8");

/**
 * What is wrong with a page for people who do not see it, see it badly or use the keyboard alone: fields without a label, buttons and links
 * without a name, texts with too little contrast (WCAG 2.2 AA: 4.5 to 1, large ones 3 to 1), ids that come twice, headings that are missing.
 *
 * @returns one line for each fault
 */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(script);
}
