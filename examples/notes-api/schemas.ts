import type { FastifyInstance } from "fastify";

/** JSON schemas: what requests may say, and what leaves in answers. An answer holds the fields of its schema and no others. */
const text = { type: "string" } as const;
const moment = { type: "string", format: "date-time" } as const;

export const uuid = { type: "string", pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" } as const;
/** One line, and more than spaces. */
export const line = (maxLength: number) => ({ type: "string", minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f]*[^\\s\\u0000-\\u001f][^\\u0000-\\u001f]*$" } as const);
/** PostgreSQL stores no U+0000, and half of a surrogate pair is no text. */
export const noteBody = { type: "string", maxLength: 20_000, pattern: "^[^\\u0000\\ud800-\\udfff]*$" } as const;
export const tagList = { type: "array", maxItems: 20, items: line(40) } as const;

const page = (of: string) => object({ items: { type: "array", items: { $ref: `${of}#` } }, nextCursor: { type: "string", nullable: true } });

const shared: Readonly<Record<string, object>> = {
  Account: object({ accountId: text, name: text, createdAt: moment }),
  Notebook: object({ notebookId: text, name: text, createdAt: moment, notes: { type: "integer" } }, ["notes"]),
  Note: object({
    noteId: text, notebookId: text, title: text, body: text, tags: { type: "array", items: text }, version: { type: "integer" },
    createdAt: moment, updatedAt: moment, deletedAt: { ...moment, nullable: true },
  }),
  NoteLine: object({
    noteId: text, notebookId: text, title: text, excerpt: text, tags: { type: "array", items: text }, version: { type: "integer" },
    updatedAt: moment, deletedAt: { ...moment, nullable: true },
  }),
  NotePage: page("NoteLine"),
  Tag: object({ tagId: text, name: text, notes: { type: "integer" } }, ["notes"]),
  Notebooks: object({ items: { type: "array", items: { $ref: "Notebook#" } } }),
  Tags: object({ items: { type: "array", items: { $ref: "Tag#" } } }),
  Imported: object({ notebooks: { type: "integer" }, notes: { type: "integer" } }),
  Removed: object({ removed: { type: "integer" } }),
  Problem: object({
    type: text, title: text, status: { type: "integer" }, detail: text, instance: text,
    faults: { type: "array", items: object({ field: text, rule: text, message: text }) },
  }, ["faults"]),
};

/** Makes the answers' schemas known by their names, to the routes and to the OpenAPI document. */
export function addSchemas(app: FastifyInstance): void {
  for (const [$id, schema] of Object.entries(shared)) app.addSchema({ $id, ...schema });
}

type Properties = Readonly<Record<string, object>>;

function object(properties: Properties, optional: readonly string[] = []) {
  return { type: "object", properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false } as const;
}

/** What a request's body holds: these fields and no others, so that no column can be written that a route does not mean. */
export function body(properties: Properties, optional: readonly string[] = []): object {
  return object(properties, optional);
}

/** A query string: all of it may be left out; a parameter that comes twice, or is none of these, is refused. */
export function query(properties: Properties): object {
  return object(properties, Object.keys(properties));
}

/** The path's ids. What could be no id is answered as an id that nothing has: see problem.ts. */
export function ids(...names: readonly string[]): object {
  return object(Object.fromEntries(names.map((name) => [name, uuid])));
}

/** Numbers come as text, and stay text until the route has seen that they are numbers: nothing is coerced on the way. */
export const pageQuery = { first: { type: "string", pattern: "^([1-9]|[1-9][0-9]|100)$" }, after: { type: "string", minLength: 1, maxLength: 16_000 } } as const;

/** The answers of a route: one by its name, and problems. */
export function answers(status: number, name: string, ...problems: readonly number[]): object {
  return { [status]: { description: "Done", $ref: `${name}#` }, ...problemsOf(problems) };
}

/** The answers of a route that says nothing when all is well. */
export function nothing(...problems: readonly number[]): object {
  return { 204: { description: "Done", type: "null" }, ...problemsOf(problems) };
}

function problemsOf(statuses: readonly number[]): object {
  return Object.fromEntries(statuses.map((status) => [status, {
    description: "A problem", content: { "application/problem+json": { schema: { $ref: "Problem#" } } },
  }]));
}
