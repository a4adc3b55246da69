import fc from "fast-check";
import { snakeCase, textFault } from "../../lib/util/text";

describe("snakeCase", () => {
  it.each([
    ["docId", "doc_id"], ["DocumentPage", "document_page"], ["HTTPServer", "http_server"], ["serverHTTP", "server_http"],
    ["parseHTMLText", "parse_html_text"], ["doc_id", "doc_id"], ["user", "user"], ["URL", "url"], ["A", "a"], ["", ""],
    ["line1Text", "line1_text"], ["utf8", "utf8"], ["version2", "version2"], ["aB", "a_b"], ["_private", "_private"], ["$odd", "$odd"],
    ["straßeÄhnlich", "straße_ähnlich"], ["éÉcole", "é_école"], ["with space", "with space"], ["Already_Snake", "already_snake"],
  ])("makes %j into %j", (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });

  it("leaves what it made as it is", () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_$]{0,30}$/), (name) => {
      expect(snakeCase(snakeCase(name))).toBe(snakeCase(name));
    }));
  });

  it("adds underscores and changes case, and nothing else", () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Za-z0-9_$]{0,30}$/), (name) => {
      expect(snakeCase(name).replaceAll("_", "")).toBe(name.replaceAll("_", "").toLowerCase());
      expect(snakeCase(name)).not.toMatch(/[A-Z]/);
    }));
  });
});

/** Node 20 has it, but not the compiler's ES2022 library. */
const isWellFormed = (text: string): boolean => (text as string & { isWellFormed(): boolean }).isWellFormed();

/** Strings of surrogates, whole and broken, among other characters. */
const rough = fc.array(fc.constantFrom("\ud800", "\udbff", "\udc00", "\udfff", "😀", "a", "\ud7ff", "\ue000", "\uffff"), { maxLength: 12 })
  .map((parts) => parts.join(""));

describe("textFault", () => {
  it("finds lone surrogates exactly where String.prototype.isWellFormed does", () => {
    fc.assert(fc.property(fc.oneof(rough, fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), (text) => {
      fc.pre(!text.includes("\u0000"));
      expect(textFault(text) === null).toBe(isWellFormed(text));
    }), { numRuns: 2_000 });
  });

  it.each([
    ["\ud800"], ["\udc00"], ["a\ud800"], ["\udc00b"], ["\udc00\ud800"], ["😀\udc00"], ["\ud800😀"], ["\ud800\ud800\udc00"], ["x\n\ud83d\ny"],
  ])("says that %j holds a lone surrogate", (text) => {
    expect(textFault(text)).toBe("holds a lone surrogate, which is no Unicode text");
  });

  it.each([["\u0000"], ["a\u0000b"], ["\u0000\ud800"]])("says that %j holds U+0000", (text) => {
    expect(textFault(text)).toBe("holds the character U+0000, which PostgreSQL refuses");
  });

  it.each([[""], ["plain"], ["😀"], ["\u{10ffff}\u{10000}"], ["line\r\n\ttab\u0001\u007f"], ["\ufeff\ufffe\uffff"], ["e\u0301"]])("has nothing against %j", (text) => {
    expect(textFault(text)).toBeNull();
  });

  it("is quick on long text", () => {
    const start = performance.now();
    expect(textFault("😀".repeat(500_000))).toBeNull();
    expect(textFault(`${"😀".repeat(500_000)}\ud800`)).not.toBeNull();
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
