import type { PackedRows } from "../../dialect/dialect";

/** The rows whose columns a packed statement gave as texts, if it did; null where they have to be read one by one. */
export function unpack(texts: readonly unknown[] | undefined, { columns }: PackedRows): readonly (readonly unknown[])[] | null {
  if (texts === undefined) return null;
  const lists: (readonly unknown[])[] = [];
  for (const [position, kind] of columns.entries()) {
    const list = listOf(texts[position], kind);
    if (list === null) return null;
    lists.push(list);
  }
  return rowsOf(lists);
}

function listOf(text: unknown, kind: PackedRows["columns"][number]): readonly unknown[] | null {
  // As JSON a double has lost digits on its way.
  if (typeof text !== "string" || (kind === "integer" && (text.includes(".") || text.includes("e")))) return null;
  const list = JSON.parse(text) as readonly unknown[];
  // So have numbers, where text belongs.
  return kind === "text" && !list.every((value) => typeof value === "string" || value === null) ? null : list;
}

function rowsOf(lists: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  const width = lists.length;
  return (lists[0] ?? []).map((_, index) => {
    const row = new Array<unknown>(width);
    for (let position = 0; position < width; position++) row[position] = lists[position]?.[index];
    return row;
  });
}
