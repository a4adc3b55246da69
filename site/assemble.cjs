"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { slugOf } = require("./slug.cjs");

const root = path.resolve(__dirname, "..");
const pages = path.join(root, ".cache", "site", "pages");
const output = path.join(root, ".cache", "site", "dist");

/** Files that are pages of the site under another name, and where their own links start from. */
const named = { "README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "bench/README.md": "benchmark.md" };
const LANGUAGES = { ".ts": "ts", ".sql": "sql", ".js": "js", ".cjs": "js", ".mjs": "js", ".json": "json", ".html": "html", ".css": "css", ".sh": "sh" };

/** Puts together every page but the reference. */
function assemble() {
  const written = new Set();
  const write = (name, text) => {
    const file = path.join(pages, name);
    written.add(file);
    // An unchanged file keeps its time, so that nothing is built again.
    if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === text) return;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  };
  write("index.md", fs.readFileSync(path.join(__dirname, "home.md"), "utf8"));
  for (const source of filesOf("docs", ".md")) write(source.slice("docs/".length), siteText(source));
  for (const [source, name] of Object.entries(named)) if (name !== "index.md") write(name, siteText(source));
  for (const example of examples()) write(`examples/${example}.md`, examplePage(example));
  for (const image of filesOf("docs/images", "")) {
    fs.cpSync(path.join(root, image), path.join(pages, "public", image.slice("docs/".length)), { recursive: true });
  }
  fs.mkdirSync(path.join(pages, "public"), { recursive: true });
  fs.cpSync(path.join(__dirname, "logo.svg"), path.join(pages, "public", "logo.svg"));
  for (const file of walk(pages)) {
    const inside = path.relative(pages, file);
    if (!written.has(file) && !inside.startsWith("api") && !inside.startsWith("public")) fs.rmSync(file);
  }
}

function walk(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** The files under a folder of the repository that end so, as paths with slashes. */
function filesOf(folder, ending) {
  return walk(path.join(root, folder)).map((file) => path.relative(root, file).split(path.sep).join("/")).filter((name) => name.endsWith(ending)).sort();
}

function examples() {
  return fs.readdirSync(path.join(root, "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
}

/** The text of a page with its links as they are on the site. */
function siteText(source) {
  const text = fs.readFileSync(path.join(root, source), "utf8");
  const from = path.posix.dirname(source);
  return text.split(/(^(?:`{3,}|~{3,})[\s\S]*?^(?:`{3,}|~{3,})[ \t]*$)/m).map((part, index) => index % 2 === 1 ? part : part
    .replaceAll(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, image, label, target) => linked(whole, { image, label, target, from })))
    .join("");
}

function linked(whole, { image, label, target, from }) {
  if (/^(https?:|mailto:|#)/.test(target)) return whole;
  const [relative, anchor] = target.split("#");
  const file = path.posix.join(from, relative);
  const place = placeOf(file, anchor);
  // What is no page of the site has no public address: its path in the repository is all there is to say.
  return place === null ? `${label} (\`${file}\` in the repository)`.replace(/^(.*) \(`\1` in/, "`$1` (in") : `${image}[${label}](${place})`;
}

/** Where a file of the repository is on the site; null: nowhere. */
function placeOf(file, anchor) {
  const at = anchor === undefined ? "" : `#${anchor}`;
  if (file === "docs" || file === "docs/") return "/";
  if (file in named) return `/${named[file].replace(/(index)?\.md$/, "")}${at}`;
  if (/^docs\/images\//.test(file)) return `/${file.slice("docs/".length)}`;
  if (/^docs\/.*\.md$/.test(file)) return `/${file.slice("docs/".length, -".md".length)}${at}`;
  const example = /^examples\/([^/]+)(?:\/(.+))?$/.exec(file);
  if (example === null || !examples().includes(example[1])) return null;
  const shown = example[2];
  if (shown === undefined || shown === "" || shown === "README.md") return `/examples/${example[1]}${at}`;
  return exampleFiles(example[1]).includes(file) ? `/examples/${example[1]}#${slugOf(shown)}` : `/examples/${example[1]}`;
}

/** The sources of an example that a page can show. */
function exampleFiles(example) {
  return filesOf(`examples/${example}`, "").filter((file) => path.extname(file) in LANGUAGES && !/node_modules|package-lock|\.min\./.test(file));
}

/** An example as a page: its README, then every source. */
function examplePage(example) {
  const readme = `examples/${example}/README.md`;
  const introduction = fs.existsSync(path.join(root, readme)) ? siteText(readme).trimEnd() : `# ${example[0].toUpperCase()}${example.slice(1).replaceAll("-", " ")}`;
  const sources = exampleFiles(example).map((file) => {
    const text = fs.readFileSync(path.join(root, file), "utf8").trimEnd();
    return `## ${file.slice(`examples/${example}/`.length)}\n\n\`\`\`\`${LANGUAGES[path.extname(file)]}\n${text}\n\`\`\`\`\n`;
  });
  return `${introduction}\n\nAll of it is in \`examples/${example}\`:\n\n${sources.join("\n")}`;
}

module.exports = { assemble, examples, output, pages, root };
