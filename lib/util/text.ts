/** `docId` → `doc_id`, `HTTPServer` → `http_server`; a name that is snake_case already stays as it is. */
export function snakeCase(name: string): string {
  return name
    .replace(/([\p{Lu}]+)([\p{Lu}][\p{Ll}])/gu, "$1_$2")
    .replace(/([\p{Ll}\d])([\p{Lu}])/gu, "$1_$2")
    .toLowerCase();
}

/** Why a string cannot be stored exactly by every engine, or `null` when it can. */
export function textFault(text: string): string | null {
  if (text.includes("\u0000")) return "holds the character U+0000, which PostgreSQL refuses";
  if (!text.isWellFormed()) return "holds a lone surrogate, which is no Unicode text";
  return null;
}
