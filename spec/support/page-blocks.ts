import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** The two kinds of packages; a block with such a label is for one of them alone. */
export const KINDS = ["CommonJS", "ES modules"] as const;
export type Kind = (typeof KINDS)[number];

/** A fenced block of a page: ```language [file, kind], of which both may be missing. */
export interface Block {
  /** The heading (`##`) under which it stands. */
  readonly section: string;
  readonly language: string;
  readonly file: string | null;
  readonly kind: Kind | null;
  readonly text: string;
}

/** The blocks of a page in their order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let section = "";
  for (const [, heading, language, label, text] of readFileSync(join(root, page), "utf8").matchAll(/^## ([^\n]*)$|^```(\w+)(?: \[([^\]\n]*)\])?\n(.*?)^```$/gms)) {
    if (heading !== undefined) section = heading;
    else blocks.push({ section, language: language ?? "", ...labelled(label ?? ""), text: text ?? "" });
  }
  return blocks;
}

function labelled(label: string): Pick<Block, "file" | "kind"> {
  const parts = label.split(", ").filter((part) => part !== "");
  const kind = KINDS.find((known) => parts.includes(known)) ?? null;
  return { kind, file: parts.find((part) => part !== kind) ?? null };
}

/** The blocks that a reader with a package of this kind follows. */
export function blocksFor(blocks: readonly Block[], kind: Kind): readonly Block[] {
  return blocks.filter((block) => block.kind === null || block.kind === kind);
}
