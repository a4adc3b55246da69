import { createRequire } from "node:module";

/** As much of a client of the package pg as specs need; it has no types of its own. */
export interface PlainClient {
  connect(): Promise<void>;
  query(query: string | { readonly text: string; readonly values?: readonly unknown[]; readonly types?: object }): Promise<PlainResult>;
  on(event: "error", listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

export interface PlainResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly fields: readonly unknown[];
}

const { Client } = createRequire(__filename)("pg") as { readonly Client: new (options: { readonly connectionString: string }) => PlainClient };

/** A connection past the library; the caller ends it. */
export async function plainPostgres(connectionString: string): Promise<PlainClient> {
  const client = new Client({ connectionString });
  // A connection that breaks fails the statement that uses it; nobody else has to hear of it.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

const NUMBERS = [20, 21, 23, 26, 700, 701];
const BOOLEAN = 16;

/** Numbers and booleans as SQLite's drivers give them too, where they are exact; everything else as the server's text. */
const types = {
  getTypeParser: (type: number) => (text: string): unknown => {
    if (type === BOOLEAN) return text === "t";
    const number = Number(text);
    return NUMBERS.includes(type) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
  },
};

/** Runs one statement whose places are `?`; gives its rows, or how many rows it changed. */
export async function runPlain(client: PlainClient, sql: string, values: readonly unknown[]): Promise<unknown> {
  let count = 0;
  const { rows, rowCount, fields } = await client.query({ text: values.length === 0 ? sql : sql.replace(/\?/g, () => `$${count += 1}`), values, types });
  return fields.length > 0 ? rows : rowCount ?? 0;
}
