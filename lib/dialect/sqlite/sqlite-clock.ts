/** A function that drivers without a way to interrupt a statement register: it is true, and throws when the statement's time is over. */
export const CLOCK_FUNCTION = "freehold_in_time";
