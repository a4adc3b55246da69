import type { Label } from "./options";

export type Step = "shared" | Label | "run";

/** Whose rows come first in a database, and whose come after them: ids only grow on SQLite, so that each place has its own. */
export type Place = 1 | 2;

/**
 * From where tables count the keys of rows that are nobody's, of each user, and of what the function stores. All fit 32 bits, none meets
 * another, and those of the second place are greater than those of the first.
 */
export function firstId(step: Step, place: Place): number {
  switch (step) {
    case "shared": return 1_000_000_001;
    case "A": return place === 1 ? 1_100_000_001 : 1_200_000_001;
    case "B": return place === 1 ? 1_120_000_001 : 1_220_000_001;
    // Who has the second place is called first.
    case "run": return place === 2 ? 1_300_000_001 : 1_350_000_001;
  }
}

/** Keys of what the function stored: where both call at once, they draw from one sequence, and who comes first says which they are. */
export const RUN_IDS = /(?<!\d)13\d{8}(?!\d)/g;

/** From where factories count their rows. */
export const FIRST_ROWS: Readonly<Record<Step, number>> = { shared: 1, A: 10_001, B: 20_001, run: 30_001 };

/** How long before the run each step seems to happen: moments that nothing else has. */
export const AGES_MS: Readonly<Record<Step, number>> = { shared: 10_800_137, A: 7_200_241, B: 3_600_359, run: 60_467 };
