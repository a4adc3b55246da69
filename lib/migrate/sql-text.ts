/** What is no statement's word: comments, and what stands between quotes. */
const ASIDE = /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\$(\w*)\$[^]*?\$\1\$/g;

/** The word by which a statement of the text would end a transaction; null: none does. */
export function endingWord(sql: string): string | null {
  return /(?:^|;)\s*(commit|abort|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b)|prepare\s+transaction)\b/i.exec(sql.replace(ASIDE, " "))?.[1] ?? null;
}

/** Whether one of the texts drops it by name. */
export function isDropped(texts: readonly string[], kind: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const quoted = ["\"", "`", "'"].map((mark) => `${mark}${escaped.replaceAll(mark, mark + mark)}${mark}`);
  const written = [...quoted, `\\[${escaped}\\]`, `${escaped}(?![\\w$])`].join("|");
  const words = new RegExp(`\\bdrop\\s+${kind}\\s+(?:if\\s+exists\\s+)?(?:(?:\\w+|"\\w+")\\s*\\.\\s*)?(?:${written})`, "i");
  return texts.some((text) => words.test(text));
}
