import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";

const require = createRequire(import.meta.url);
const { examples, output, pages, root } = require("../assemble.cjs");
const { slugOf } = require("../slug.cjs");
const { version } = require("../../package.json");
/** @type {readonly { readonly title: string, readonly pages: readonly string[] }[]} */
const navigation = require("../navigation.json");

/** The title of a page is its first heading. */
function titleOf(page) {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(pages, `${page}.md`), "utf8")) ?? [null, page];
  return title.replaceAll("`", "");
}

const item = (page) => ({ text: titleOf(page), link: `/${page}` });
const there = (page) => existsSync(join(pages, `${page}.md`));

/** The reference as TypeDoc lists it, entry by entry, decorators by themselves and first. */
function reference(entries = JSON.parse(readFileSync(join(pages, "api", "navigation.json"), "utf8")), above = "") {
  return entries.flatMap(({ title, path, children = [] }) => {
    const name = `${above}${title}`;
    const [inner, groups] = [children.filter((child) => "path" in child), children.filter((child) => !("path" in child))];
    const items = groups.flatMap(({ title: kind, children: members }) => kind === "Functions"
      ? [group("Decorators", members.filter(isDecorator)), group(kind, members.filter((member) => !isDecorator(member)))]
      : [group(kind, members)]);
    return [
      { text: name, link: linkTo(path), items: items.filter((each) => each.items.length > 0).sort((a, b) => order(a.text) - order(b.text)) },
      ...reference(inner, `${name}/`),
    ];
  });
}

const linkTo = (path) => `/api/${path.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "")}`;
const group = (text, members) => ({ text, collapsed: true, items: members.map(({ title, path }) => ({ text: title, link: linkTo(path) })) });
const isDecorator = ({ title }) => /^[A-Z]/.test(title);
const order = (kind) => ["Decorators", "Classes", "Functions", "Interfaces", "Type Aliases", "Variables"].indexOf(kind);

const guide = [
  ...navigation.map(({ title, pages: listed }) => ({ text: title, items: listed.filter(there).map(item) })).filter(({ items }) => items.length > 0),
  { text: "Examples", items: examples().map((name) => item(`examples/${name}`)) },
  {
    text: "The project",
    collapsed: true,
    items: [
      item("changelog"), item("contributing"), item("benchmark"),
      ...readdirSync(join(pages, "decisions")).filter((name) => name.endsWith(".md")).sort().map((name) => item(`decisions/${name.slice(0, -".md".length)}`)),
    ],
  },
];

export default defineConfig({
  title: "Freehold",
  description: "An entity framework for TypeScript in which rows have owners.",
  lang: "en",
  srcDir: pages,
  outDir: output,
  cacheDir: join(root, ".cache", "site", "vite"),
  cleanUrls: true,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/logo.svg" }], ["meta", { name: "theme-color", content: "#0f766e" }]],
  markdown: {
    anchor: { slugify: slugOf },
    toc: { slugify: slugOf },
    headers: { slugify: slugOf },
    theme: { light: "github-light", dark: "github-dark" },
    config: (md) => {
      // Nothing draws diagrams here, so their source is shown.
      md.core.ruler.push("diagrams", ({ tokens }) => {
        for (const token of tokens) if (token.type === "fence" && token.info === "mermaid") token.info = "text";
      });
      // The file that a block is, as in "[src/main.ts]" behind the language, stands above it.
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const [, file] = /\[([^\]]+)\]/.exec(tokens[index].info) ?? [];
        return `${file === undefined ? "" : `<div class="file-name">${md.utils.escapeHtml(file)}</div>`}${fence(tokens, index, ...rest)}`;
      };
      // `{{ … }}` in words and code is what it is, not Vue's.
      const inline = md.renderer.rules.code_inline;
      md.renderer.rules.code_inline = (...args) => inline(...args).replace(/^<code/, "<code v-pre");
    },
  },
  themeConfig: {
    logo: "/logo.svg",
    outline: [2, 3],
    search: {
      provider: "local",
      // Pages that explain come before the reference, which names everything in many places.
      options: { miniSearch: { searchOptions: { boostDocument: (id) => (id.startsWith("/api/") ? 0.1 : 1) } } },
    },
    nav: [
      { text: "Guide", link: there("start") ? "/start" : "/database", activeMatch: "^/(?!api/)." },
      { text: "Reference", link: "/api/", activeMatch: "^/api/" },
      { text: version, link: "/changelog" },
    ],
    sidebar: { "/api/": reference(), "/": guide },
    docFooter: { prev: "Before", next: "Next" },
    footer: { message: "MIT licence" },
  },
});
