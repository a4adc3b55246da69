import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as classTransformer from "class-transformer";
import * as classValidator from "class-validator";
import navigation from "../../site/navigation.json";
import { exportedNames } from "../support/declared";
import { anchorOf, anchorsOf, deadLinks, everyPage, followedPages, proseOf, root, textOf } from "../support/markdown";
import { unknownCommands } from "../support/named-commands";

const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => name.slice(0, -".md".length));
/** Pages that speak of other libraries too. */
const ours = everyPage().filter((page) => !page.includes("coming-from") && !page.startsWith("bench"));

describe("links", () => {
  it.each(everyPage())("of %s lead somewhere", (page) => {
    expect(deadLinks(page)).toEqual([]);
  });

  it("are found where they lead nowhere", () => {
    const text = "# Here\n\n[a](#here) [b](#there) [c](docs/types.md#keys) [d](docs/types.md#locks) [e](docs/none.md) [f](../up.md) `[g](none.md)` [h](https://example.org)\n\n```ts\n[i](none.md)\n```\n";
    expect(deadLinks("README.md", text).map((fault) => fault.split(":")[0])).toEqual(["#there", "docs/types.md#locks", "docs/none.md", "../up.md"]);
  });

  it("know the anchors of headings", () => {
    expect(["Types and defaults of the database's own", "`schema print`", "What `create` works out", "Ünïque & soft", "See [errors](errors.md)"].map(anchorOf))
      .toEqual(["types-and-defaults-of-the-databases-own", "schema-print", "what-create-works-out", "ünïque--soft", "see-errors"]);
    expect([...anchorsOf("# A\n## B\n```\n## C\n```\n## B\n")]).toEqual(["a", "b", "b-1"]);
  });
});

describe("commands", () => {
  // Scripts of a page that makes a project of its own are that project's.
  it.each(ours.filter((page) => !followedPages().has(page)))("of %s are there", (page) => {
    expect(unknownCommands(textOf(page))).toEqual([]);
  });

  it("are found where they are not", () => {
    const text = "```sh\nnpx freehold schema check --json # fine\nnpx freehold schema chek\nnpx freehold migrate up --drz\nnpm run nothing\n```\n`npx freehold migrate …` `npx freehold doctr`\n";
    expect(unknownCommands(text).map((fault) => fault.split(": ")[1])).toEqual(["schema has no command chek", "up has no option --drz", "package.json has no script nothing", "freehold has no command doctr"]);
  });
});

describe("names", () => {
  const known = new Set([...exportedNames(true), ...Object.keys(classValidator), ...Object.keys(classTransformer), ...Object.getOwnPropertyNames(globalThis)]);
  /** Decorators, and classes of errors, that stand in a page as code. */
  const named = (text: string): readonly string[] => [...proseOf(text).matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) =>
    [...code!.matchAll(/(?:^|\s)@([A-Z]\w+)|\b([A-Z]\w+Error)\b/g)].map(([, decorator, error]) => decorator ?? error!));

  it.each(ours)("of decorators and errors in %s are exported", (page) => {
    // Pages of their own say where theirs come from.
    if (/nestjs|notes/.test(page)) return;
    expect(named(textOf(page)).filter((name) => !known.has(name) && name !== "Before")).toEqual([]);
  });

  it("are found where they are not", () => {
    expect(named("`@Entity() @Entitty()` and `NoError`, not NoneError").filter((name) => !known.has(name))).toEqual(["Entitty", "NoError"]);
  });

  it("of everything that a program can call stand in a page", () => {
    const all = docs.map((page) => textOf(`docs/${page}.md`)).join("\n");
    expect(exportedNames(false)).toEqual(expect.arrayContaining(["Database", "UserOwned", "Migrator"]));
    expect(exportedNames(false).filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
  });
});

describe("the site's navigation", () => {
  const listed = navigation.flatMap(({ pages }) => pages);

  it("leads to every page, once, and to no other", () => {
    expect([...listed].sort()).toEqual([...docs].sort());
  });

  it("is of pages that begin with their title", () => {
    expect(listed.filter((page) => !/^# \S/.test(textOf(`docs/${page}.md`)))).toEqual([]);
  });

  it("reads as the README's list of pages does", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    expect(docs.filter((page) => !readme.includes(`(docs/${page}.md`))).toEqual([]);
  });
});
