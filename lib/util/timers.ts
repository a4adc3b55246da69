/** The longest wait in milliseconds: Node.js turns longer timers into ones of a millisecond. */
export const LONGEST_TIMER = 2 ** 31 - 1;
