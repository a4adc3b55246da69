/** A pattern of LIKE whose last backslash stands for itself: engines disagree on one that escapes nothing. */
export function closeEscape(pattern: string): string {
  const trailing = /\\*$/.exec(pattern)?.[0].length ?? 0;
  return trailing % 2 === 1 ? `${pattern}\\` : pattern;
}
