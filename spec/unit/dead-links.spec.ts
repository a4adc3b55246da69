import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const { deadLinks } = createRequire(__filename)("../../site/dead-links.cjs") as { readonly deadLinks: (folder: string) => readonly string[] };

describe("the links of a built site", () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "freehold-site-")); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function page(name: string, body: string): void {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `<!doctype html><html><head></head><body>${body}</body></html>`);
  }

  it("are followed to pages, folders, files and anchors", () => {
    page("index.html", '<a href="/guide">1</a> <a class="x" href="/api/">2</a> <img src="/logo.svg"> <a href="https://example.org/none">3</a> <a href="#top">4</a><i id="top"></i>');
    page("guide.html", '<h2 id="a-b">A</h2> <a href="./api/one#x">1</a> <a href="/guide#a-b">2</a>');
    page("api/index.html", "");
    page("api/one.html", '<p id="x"></p> <a href="../guide.html">1</a>');
    writeFileSync(join(folder, "logo.svg"), "<svg/>");
    expect(deadLinks(folder)).toEqual([]);
  });

  it("are told where they lead nowhere, each once", () => {
    page("index.html", '<a href="/gone">1</a> <a href="/gone">2</a> <a href="/guide#gone">3</a> <img src="/gone.png"> <a href="#gone">4</a> <a href="/guide?x#a&amp;b">5</a>');
    page("guide.html", '<h2 id="here">A</h2>');
    expect([...deadLinks(folder)].sort()).toEqual(["index.html: #gone", "index.html: /gone", "index.html: /gone.png", "index.html: /guide#gone", "index.html: /guide?x#a&b"]);
  });
});
