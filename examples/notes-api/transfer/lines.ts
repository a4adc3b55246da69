import { TextDecoder } from "node:util";
import type { Readable } from "node:stream";
import { Problem } from "../problem";

/** The lines of an upload as they come in; what is longer than it may be is refused at the byte too many. */
export async function* readLines(upload: Readable, mostBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  let rest = "";
  // Leaving early must not close the connection: the answer that says why still has to go out.
  for await (const chunk of upload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Problem(413, `An import has at most ${mostBytes} bytes.`);
    const lines = (rest + decode(decoder, chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest + decode(decoder);
}

function decode(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new Problem(400, "The import is no UTF-8 text.");
  }
}
