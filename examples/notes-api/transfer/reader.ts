import type { FastifyRequest } from "fastify";
import { faultOf, Problem } from "../problem";
import { lineSchema, type NotebookLine, type NoteLine } from "./format";

/** Makes a line's value of its text. @throws Problem that says which line is wrong, and in what */
export type LineReader = (text: string, number: number) => NotebookLine | NoteLine;

/** A reader that checks each line as route schemas check bodies. */
export function lineReader(request: FastifyRequest): LineReader {
  const check = request.compileValidationSchema(lineSchema);
  return (text, number) => {
    const value = parse(text, number);
    if (check(value)) return value as NotebookLine | NoteLine;
    throw new Problem(400, `Line ${number} of the import is not as it should be.`, (check.errors ?? []).map((error) => faultOf(error as Parameters<typeof faultOf>[0])));
  };
}

function parse(text: string, number: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, `Line ${number} of the import is no JSON.`);
  }
}
