import { join } from "node:path";
import { InstalledPackage, Project } from "../support/command-line";

let installed: InstalledPackage;

beforeAll(() => { installed = new InstalledPackage(); }, 180_000);
afterAll(() => installed.remove());

/** Two owned entities that import each other, in TypeScript; every design type matters. */
const author = (from: string): string => `
import { Column, Entity, ForeignKey, OneToMany, PrimaryKey, UserOwned, type OwnerId, type ToMany } from "freehold";
import { Book } from "${from}";

@Entity()
@UserOwned()
export class Author {
  @PrimaryKey() authorId!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() name!: string;
  @Column() born!: Date;
  @OneToMany(() => Book, "authorId") books?: ToMany<Book>;
}
`;
const book = (from: string): string => `
import { Column, Entity, ForeignKey, ManyToOne, PrimaryKey, UserOwned } from "freehold";
import type { OwnerId, ToOne } from "freehold";
import { Author } from "${from}";

@Entity()
@UserOwned()
export class Book {
  @PrimaryKey() bookId!: string;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @ForeignKey(() => [Author, "authorId"]) authorId!: number;
  @ManyToOne(() => Author, "authorId") author?: ToOne<Author>;
  @Column() lent!: boolean;
}
`;
const config = (from: string): string => `
import { User, sqlite3, type FreeholdConfig } from "freehold";
import { Author } from "${from}author${from.endsWith("/") ? ".js" : ""}";
import { Book } from "./src/book.js";
export default { driver: sqlite3({ file: ":memory:" }), entities: [User, Author, Book] } satisfies FreeholdConfig;
`;

const plain = `
class Note {}
freehold.PrimaryKey({ type: "integer" })(Note.prototype, "noteId");
freehold.ForeignKey("User.user_id")(Note.prototype, "userId");
freehold.Column({ type: "text" })(Note.prototype, "text");
freehold.UserOwned()(Note);
freehold.Entity()(Note);
const config = { driver: freehold.sqlite3({ file: ":memory:" }), entities: [freehold.User, Note] };
`;

const inTypescript = (extension: string): Readonly<Record<string, string>> => ({
  [`freehold.config.${extension}`]: config("./src/"), "src/author.ts": author("./book.js"), "src/book.ts": book("./author.js"),
});

describe("a configuration", () => {
  it.each([
    ["module", "ts", "typescript"], ["commonjs", "ts", "typescript"], ["module", "cts", "typescript"], ["commonjs", "mts", "typescript"],
    ["module", "ts", undefined], ["commonjs", "ts", undefined],
  ])(
    "in a %s package as .%s, with %s installed, has the entities' types", (type, extension, tool) => {
      const made = installed.project({ ...inTypescript(extension), "package.json": JSON.stringify({ type }) }, tool === undefined ? [] : [tool]);
      const { code, stdout, stderr } = made.freehold(["schema", "print"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain('"author_id" INTEGER primary key autoincrement');
      expect(stdout).toContain('"born" TEXT not null');
      expect(stdout).toContain('"lent" INTEGER not null constraint "ck_book_lent"');
      expect(stdout).toContain('foreign key ("user_id", "author_id") references "author" ("user_id", "author_id")');
    });

  it.each([
    ["module", "js", `import * as freehold from "freehold";${plain}export default config;`],
    ["commonjs", "mjs", `import * as freehold from "freehold";${plain}export default async () => config;`],
    ["module", "cjs", `const freehold = require("freehold");${plain}module.exports = config;`],
    ["commonjs", "js", `const freehold = require("freehold");${plain}module.exports = () => config;`],
    ["commonjs", "cts", `import freehold = require("freehold");${plain}export = config;`],
  ])("in a %s package as .%s works without TypeScript's decorators", (type, extension, text) => {
    const made = installed.project({ [`freehold.config.${extension}`]: text, "package.json": JSON.stringify({ type }) }, ["typescript"]);
    const { code, stdout, stderr } = made.freehold(["schema", "print"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('"note_id" INTEGER primary key autoincrement');
  });

  it("has the types that TypeScript sees through an alias and through the project's path aliases", () => {
    const made = installed.project({
      "package.json": "{}",
      "tsconfig.json": `{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }`,
      "src/price.ts": `import { Column, Entity, PrimaryKey } from "freehold";
        type Cents = number;
        @Entity() export class Price { @PrimaryKey() id!: number; @Column() cents!: Cents; }`,
      "freehold.config.ts": `import { sqlite3 } from "freehold"; import { Price } from "~/price";
        export default { driver: sqlite3({ file: ":memory:" }), entities: [Price] };`,
    }, ["typescript"]);
    const { code, stdout, stderr } = made.freehold(["schema", "print"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('"cents" INTEGER not null');
  });

  it("may print what it likes: standard output holds the command's answer alone", () => {
    const made = installed.project({
      "package.json": "{}",
      "freehold.config.js": `const freehold = require("freehold");${plain}console.log("reading .env"); setInterval(() => {}, 1000); module.exports = config;`,
    });
    const { code, stdout, stderr } = made.freehold(["schema", "print", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "reading .env\n" });
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(["sql"]);
  });

  it.each([
    ["is missing", {}, 2, /^There is no freehold\.config\.ts .* in .*\. Write one:\n\nimport /],
    ["is there twice", { "freehold.config.ts": "", "freehold.config.js": "" }, 2, /^There are freehold\.config\.ts and freehold\.config\.js in .*--config FILE/],
    ["has no default export", { "freehold.config.mjs": "export const config = {};" }, 1, /^freehold\.config\.mjs has no default export/],
    ["gives no object", { "freehold.config.ts": "export default () => 5;" }, 1, /^freehold\.config\.ts gives a number/],
    ["is no TypeScript", { "freehold.config.ts": "\nexport default {{;" }, 1, /^freehold\.config\.ts does not load: .*\/freehold\.config\.ts:2:17: /],
    ["throws", { "freehold.config.ts": 'const a = 1;\nthrow new Error("DATABASE_URL is not set");\nexport default a;' }, 1, /^freehold\.config\.ts does not load: DATABASE_URL is not set\n {2}at .*\/freehold\.config\.ts:2:7\n$/],
    ["imports what is not there", { "freehold.config.ts": 'import x from "./nope";\nexport default x;' }, 1, /^freehold\.config\.ts does not load: Cannot find module '\.\/nope'/],
    ["holds what Database.open does not take", { "freehold.config.ts": "export default { driver: 5, entities: [] };" }, 1, /^Database\.open\(\{ driver \}\) was given/],
    ["names no folder of migrations", { "freehold.config.ts": "export default { migrations: 5 };" }, 1, /^freehold\.config\.ts: `migrations` is no text/],
  ] as const)("that %s is refused with what to do", (_what, files, expected, message) => {
    const made = installed.project({ "package.json": "{}", ...files }, ["typescript"]);
    const { code, stdout, stderr } = made.freehold(["schema", "print"]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("that is refused is so in JSON, too", () => {
    const made = installed.project({ "package.json": "{}", "freehold.config.ts": "export default () => 5;" }, ["typescript"]);
    const { code, stdout } = made.freehold(["schema", "print", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { message: expect.stringMatching(/^freehold\.config\.ts gives a number/) } });
  });

  it("above the current folder is named, not used", () => {
    const made = installed.project({ "package.json": "{}", "inner/freehold.config.txt": "", "freehold.config.ts": "" });
    const { code, stderr } = new Project(join(made.folder, "inner"), made.program).freehold(["schema", "print"]);
    expect(code).toBe(2);
    expect(stderr).toContain("but ../freehold.config.ts above it: run the command there, or say --config ../freehold.config.ts.");
  });

  it("may lie elsewhere, as --config says", () => {
    const made = installed.project({ "package.json": "{}", "settings/db.js": `const freehold = require("freehold");${plain}module.exports = config;` });
    expect(made.freehold(["schema", "print", "-c", "settings/db.js"]).code).toBe(0);
    expect(made.freehold(["schema", "print", "-c", "settings/other.js"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--config names settings/other.js, and there is no such file") });
  });
});
