import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

export const root = resolve(__dirname, "../..");

/** A fenced block of code, wherever it stands. */
export interface Fence {
  readonly language: string;
  /** The file that it is, as in "[src/main.ts]" behind the language. */
  readonly file: string | null;
  readonly text: string;
  /** The line of its first fence. */
  readonly line: number;
  /** Whether it stands at the beginning of its lines, and not inside a list or a quotation. */
  readonly plain: boolean;
}

/** Every page for readers: the README and its companions, all of docs/, and those of the examples. */
export function everyPage(): readonly string[] {
  const found = ["docs", "examples", "bench"].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)));
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...found.filter((name) => name.endsWith(".md") && !name.includes("node_modules")).sort()];
}

export function textOf(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** The fenced blocks of a text, by looking at every line: fences of any length, of backticks or tildes, indented or not. */
export function fences(text: string): readonly Fence[] {
  const found: Fence[] = [];
  let open: Omit<Fence, "text"> & { readonly fence: string; readonly lines: string[] } | null = null;
  text.split("\n").forEach((line, index) => {
    const match = /^([\s>]*)(`{3,}|~{3,})\s*([^\s`{]*)(?: \[([^\]]+)\])?/.exec(line);
    if (open === null && match) open = { fence: match[2]!, language: match[3]!.toLowerCase(), file: match[4] ?? null, line: index + 1, plain: match[1] === "", lines: [] };
    else if (open !== null && match && match[2]!.startsWith(open.fence) && match[3] === "") {
      const { fence: _fence, lines, ...block } = open;
      found.push({ ...block, text: lines.map((each) => `${each}\n`).join("") });
      open = null;
    } else open?.lines.push(line);
  });
  return found;
}

/** The pages that a spec of their own follows word for word, in a project of their own: it reads their blocks by `blocksOf("docs/….md")`. */
export function followedPages(): ReadonlySet<string> {
  const specs = readdirSync(join(root, "spec"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".spec.ts"));
  const calls = specs.flatMap((name) => [...readFileSync(join(root, "spec", name), "utf8").matchAll(/\bblocksOf\("(docs\/[\w-]+\.md)"\)/g)]);
  return new Set(calls.map(([, page]) => page!));
}

/** A text without its fenced blocks: what is prose. */
export function proseOf(text: string): string {
  return text.replaceAll(/^([\s>]*)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^[\s>]*\2`*~*[ \t]*$/gm, "");
}

/** The anchor that a heading gets, as hosts of repositories make it. */
export function anchorOf(heading: string): string {
  const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
  return shown.trim().toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "").replaceAll(" ", "-");
}

export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const anchor = anchorOf(heading!);
    let [name, count] = [anchor, 0];
    while (anchors.has(name)) name = `${anchor}-${++count}`;
    anchors.add(name);
  }
  return anchors;
}

/** Links of a page that lead nowhere, as `target: why`. */
export function deadLinks(page: string, text = textOf(page)): readonly string[] {
  return linksOf(text).flatMap((target) => {
    if (/^(https?:|mailto:)/.test(target)) return [];
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(root, page) : resolve(root, dirname(page), decodeURI(path));
    if (relative(root, file).startsWith("..")) return [`${target}: outside of the repository`];
    if (!existsSync(file)) return [`${target}: there is no such file`];
    if (anchor === undefined) return [];
    if (!statSync(file).isFile() || !file.endsWith(".md")) return [`${target}: an anchor in what is no page`];
    const there = path === "" ? text : readFileSync(file, "utf8");
    return anchorsOf(there).has(anchor) ? [] : [`${target}: no heading of that page has this anchor`];
  });
}

function linksOf(text: string): readonly string[] {
  const prose = proseOf(text).replaceAll(/`[^`\n]*`/g, "");
  const inline = [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(([, target]) => target!);
  const references = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map(([, target]) => target!);
  const html = [...prose.matchAll(/\s(?:href|src)="([^"]+)"/g)].map(([, target]) => target!);
  return [...inline, ...references, ...html];
}
