import { TextDecoder } from "node:util";
import type { Readable } from "node:stream";
import { Problem } from "../problem";

/** How much an upload may be: in all, and in ways that cost more than their bytes. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_LINES = 20_000;
const LONGEST_LINE = 256 * 1024;

/** The lines of an upload as they come in; what is longer than it may be is refused at the byte too many. */
export async function* readLines(upload: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let count = 0;
  let rest = "";
  try {
    for await (const chunk of upload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new Problem(413, `An import has at most ${MOST_BYTES} bytes.`);
      const lines = (rest + decode(decoder, chunk)).split("\n");
      rest = lines.pop() ?? "";
      count += lines.length;
      if (count > MOST_LINES) throw new Problem(413, `An import has at most ${MOST_LINES} lines.`);
      if (rest.length > LONGEST_LINE) throw new Problem(413, `A line of an import has at most ${LONGEST_LINE} characters.`);
      yield* lines;
    }
    yield rest + decode(decoder);
  } finally {
    // Who is still sending hears the answer only afterwards: what is left is let go by, until the request's time is over.
    upload.resume();
  }
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new Problem(400, "The import is no UTF-8 text.");
  }
}
