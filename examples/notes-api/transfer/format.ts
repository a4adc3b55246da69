import { body, line, noteBody, tagList } from "../schemas";

/** The lines of an export. */
export interface NotebookLine {
  readonly notebook: { readonly name: string };
}

export interface NoteLine {
  readonly note: {
    readonly notebook: string;
    readonly title: string;
    readonly body: string;
    readonly tags: readonly string[];
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly deletedAt: string | null;
  };
}

const moment = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$", format: "date-time" } as const;

/** What an import takes for a line: the same fields, and no others. */
export const lineSchema = {
  type: "object",
  properties: {
    notebook: body({ name: line(80) }),
    note: body({
      notebook: line(80), title: line(200), body: noteBody, tags: tagList,
      createdAt: moment, updatedAt: moment, deletedAt: { anyOf: [moment, { type: "null" }] },
    }),
  },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
} as const;
