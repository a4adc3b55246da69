import type { PackedRows } from "../../dialect/dialect";

/** The rows of a text that a packed statement gave; null where they have to be read one by one. */
export function unpack(text: unknown, { texts }: PackedRows): readonly (readonly unknown[])[] | null {
  if (typeof text !== "string") return null;
  const rows = JSON.parse(text) as readonly (readonly unknown[])[];
  for (const row of rows) {
    for (const position of texts) {
      const value = row[position];
      // A number has lost digits on its way as JSON.
      if (typeof value !== "string" && value !== null) return null;
    }
  }
  return rows;
}
