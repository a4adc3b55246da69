import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { accessibilityFaults } from "../support/accessibility";
import { findChromium, launchChromium } from "../support/chromium";
import { startNotes, type NotesService } from "../support/notes-api/service";

const { missing } = findChromium();
const here = missing === null ? it : it.skip;
const skipped = missing === null ? "" : ` (SKIPPED: ${missing})`;
const PASSWORD = "a long password";
const XSS = "<script>window.hacked = 1</script><img src=x onerror=\"window.hacked = 2\"><b>bold</b>";

/** Where the focus is, and whether it is seen there. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element.type === "file" ? element.nextElementSibling : element);
  return {
    name: (element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent).trim(),
    seen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
  };
})()`;

/** Screenshots go into the documentation when they are asked for, and else only have to be there. */
const forDocs = process.env["FREEHOLD_SCREENSHOTS"] === "1";

describe("the notes page in Chromium", () => {
  let folder: string;
  let pictures: string;
  let service: NotesService;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "freehold-notes-"));
    pictures = forDocs ? resolve(__dirname, "../../docs/images") : join(folder, "images");
    mkdirSync(pictures, { recursive: true });
    [service, browser] = await Promise.all([startNotes({ NOTES_DB: join(folder, "notes.db"), NOTES_LOG_LEVEL: "error" }), launchChromium()]);
  });

  afterAll(async () => {
    await browser.close();
    const code = await service.stop();
    rmSync(folder, { recursive: true, force: true });
    expect([faults, code]).toEqual([[], 0]);
  });

  /** Somebody's browser. What its console complains of, scripts that were refused among it, is a fault. */
  async function visit(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context: BrowserContext = await browser.newContext({ viewport: { width: 1180, height: 760 }, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    // 4xx answers are shown to the user; Chromium notes each of them, too.
    page.on("console", (message) => { if (message.type() === "error" && !/status of 4\d\d|ERR_INTERNET_DISCONNECTED/.test(message.text())) faults.push(message.text()); });
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.goto(service.url);
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    return page;
  }

  async function signUp(page: Page, login: string, name: string): Promise<void> {
    await page.getByRole("button", { name: "Make an account" }).click();
    await page.getByLabel("Your name").fill(name);
    await page.getByLabel("Login").fill(login);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByRole("heading", { name: "All notes" }).waitFor();
  }

  async function makeNotebook(page: Page, name: string): Promise<void> {
    await page.getByLabel("Name of a new notebook").fill(name);
    await page.getByRole("button", { name: "Make the notebook" }).click();
    await page.getByRole("status").getByText(`The notebook ${name} is made.`).waitFor();
  }

  async function write(page: Page, notebook: string, title: string, text: string, tags: string): Promise<void> {
    await page.goto(`${service.url}/#/new`);
    await page.getByLabel("Title", { exact: true }).fill(title);
    await page.getByLabel("Notebook", { exact: true }).selectOption({ label: notebook });
    await page.getByLabel("Tags", { exact: true }).fill(tags);
    await page.getByLabel("Text", { exact: true }).fill(text);
    await save(page);
    await page.getByRole("link", { name: "Back to all notes" }).click();
    await page.getByRole("heading", { name: "All notes" }).waitFor();
  }

  async function save(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();
  }

  async function titles(page: Page): Promise<string[]> {
    return page.locator(".notes a").allTextContents();
  }

  async function search(page: Page, words: string): Promise<string[]> {
    await page.getByLabel("Search notes").fill(words);
    await page.getByLabel("Search notes").press("Enter");
    await page.getByRole("heading", { name: `Search: ${words}` }).waitFor();
    return titles(page);
  }

  async function picture(page: Page, name: string): Promise<void> {
    expect([name, await accessibilityFaults(page)]).toEqual([name, []]);
    const file = join(pictures, `notes-${name}.png`);
    await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
    expect(statSync(file).size).toBeGreaterThan(5_000);
    expect(statSync(file).size).toBeLessThan(150_000);
  }

  here(`the checks of accessibility find what is planted${skipped}`, async () => {
    const page = await browser.newPage();
    await page.setContent(`<p id="twice" style="color: #999; background: #fff">pale</p><p id="twice" style="color: rgb(0 0 0 / 40%)">paler</p>
      <input aria-describedby="nothing"><button style="border: 1px solid #eee"></button><p style="color: #888; font-size: 24px">large</p><p hidden style="color: #fff">unseen</p>`);
    expect((await accessibilityFaults(page)).map((line) => line.replace(/ style=.*| aria-.*/, "")).sort()).toEqual([
      "border's contrast 1.16: <button", "contrast 2.85: <p id=\"twice\"", "contrast 2.85: <p id=\"twice\"", "described by nothing: <input", "id twice: twice",
      "no label: <input", "no language", "no live regions", "no name: <button", "no name: <input", "not one h1", "not one main",
    ]);
    await page.close();
  });

  here(`two users side by side: neither sees what is the other's${skipped}`, async () => {
    const alice = await visit();
    const bob = await visit({ colorScheme: "dark" });
    await picture(alice, "log-in");
    await signUp(alice, "alice", "Alice");
    await signUp(bob, "bob", "Bob");
    await makeNotebook(alice, "Garden");
    await makeNotebook(alice, "Kitchen");
    await makeNotebook(bob, "Band");
    await write(alice, "Garden", "Tomatoes on the balcony", "Water them in the morning.\nPinch out the side shoots.", "summer, vegetables");
    await write(alice, "Garden", "Seeds to order", "Runner beans, sweet peas, borage.", "spring");
    await write(alice, "Kitchen", "Crème brûlée", "Six yolks, half a litre of cream, a vanilla pod.", "dessert");
    await write(bob, "Band", "Set list for Friday", "Open with the slow one. Tomatoes may be thrown.", "gig");
    await write(bob, "Band", "Call the drummer", "He has moved again.", "");

    expect(await titles(alice)).toEqual(["Crème brûlée", "Seeds to order", "Tomatoes on the balcony"]);
    expect(await titles(bob)).toEqual(["Call the drummer", "Set list for Friday"]);
    await picture(alice, "list");
    await picture(bob, "list-dark");
    expect(await search(alice, "TOMATO wat")).toEqual(["Tomatoes on the balcony"]);
    expect(await search(alice, "creme")).toEqual(["Crème brûlée"]);
    expect(await search(bob, "tomato")).toEqual(["Set list for Friday"]);
    expect(await search(alice, "drummer")).toEqual([]);
    await alice.getByRole("link", { name: "Garden" }).click();
    await alice.getByRole("heading", { name: "Garden" }).waitFor();
    expect(await titles(alice)).toEqual(["Seeds to order", "Tomatoes on the balcony"]);
    await alice.getByRole("link", { name: "Tomatoes on the balcony" }).click();
    await alice.getByRole("heading", { name: "Edit note" }).waitFor();
    await picture(alice, "editor");

    // Bob gets hold of the address of Alice's note, and of her notebook.
    await bob.goto(alice.url());
    await bob.getByRole("heading", { name: "Not found" }).waitFor();
    const never = alice.url().replace(/[0-9a-f]{12}$/, "000000000000");
    const [there] = [await bob.getByRole("main").innerHTML()];
    await bob.goto(never);
    await bob.getByRole("heading", { name: "Not found" }).waitFor();
    expect(await bob.getByRole("main").innerHTML()).toBe(there);
    for (const word of ["Garden", "Kitchen", "Alice", "balcony", "summer"]) expect(await bob.content()).not.toContain(word);
    for (const word of ["Band", "Bob", "drummer", "gig"]) expect(await alice.content()).not.toContain(word);

    // The trash, and back.
    await alice.getByRole("button", { name: "Move to the trash" }).click();
    await alice.getByRole("status").getByText("The note is in the trash.").waitFor();
    await alice.getByRole("link", { name: "Trash" }).click();
    await alice.getByRole("heading", { name: "Trash" }).waitFor();
    await picture(alice, "trash");
    await bob.goto(`${service.url}/#/trash`);
    await bob.getByText("The trash is empty.").waitFor();
    await alice.getByRole("button", { name: "Restore: Tomatoes on the balcony" }).click();
    await alice.getByText("The trash is empty.").waitFor();
    await alice.getByRole("link", { name: "All notes" }).click();
    await alice.getByRole("heading", { name: "All notes" }).waitFor();
    expect(await titles(alice)).toHaveLength(3);

    await alice.getByRole("button", { name: "Log out" }).click();
    await alice.getByRole("heading", { name: "Log in" }).waitFor();
    for (const word of ["Garden", "Alice", "balcony"]) expect(await alice.content()).not.toContain(word);
  });

  here(`a text that looks like a script stays a text, on a small screen too${skipped}`, async () => {
    const page = await visit({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    await signUp(page, "mallory", XSS.slice(0, 60));
    await makeNotebook(page, XSS.slice(0, 70));
    await write(page, XSS.slice(0, 70), XSS, `${XSS}\n"quotes" & 'more' \u202E`, "<i>tag</i>");
    expect(await titles(page)).toEqual([XSS]);
    await page.goto(`${service.url}/#/search/${encodeURIComponent(XSS)}`);
    await page.getByRole("heading", { name: "Search:" }).waitFor();
    await page.goto(`${service.url}/#/tag/${encodeURIComponent("<i>tag</i>")}`);
    await page.getByRole("heading", { name: "Tagged <i>tag</i>" }).waitFor();
    await page.locator(".notes a").click();
    await page.getByRole("heading", { name: "Edit note" }).waitFor();
    expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe(XSS);
    await page.goto(`${service.url}/#/%3Cimg%20src=x%3E`);
    await page.getByRole("heading", { name: "Not found" }).waitFor();
    expect(await page.evaluate('[typeof window.hacked, document.querySelectorAll("main script, main img, main b, nav img, nav i, #name *").length]')).toEqual(["undefined", 0]);
    // Even a script that got in would not run: the policy lets none in that is not a file of ours.
    await page.evaluate(`document.body.append(Object.assign(document.createElement("script"), { textContent: "window.hacked = 3" }))`);
    expect(await page.evaluate("typeof window.hacked")).toBe("undefined");
    expect(faults.splice(0)).toEqual([expect.stringContaining("Content Security Policy")]);
    await page.goto(`${service.url}/#/`);
    await page.getByRole("heading", { name: "All notes" }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    await picture(page, "small-dark");
  });

  here(`everything can be done with the keyboard${skipped}`, async () => {
    const page = await visit();
    const keys = page.keyboard;
    /** Goes on by Tab to what has this name, as somebody without a mouse does; the focus must be seen wherever it stops. */
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let step = 0; step < 40; step += 1) {
        await keys.press("Tab");
        const at = await page.evaluate<{ readonly name: string; readonly seen: boolean }>(FOCUSED);
        expect(at).toEqual({ name: at.name, seen: true });
        if (name.test(at.name)) return;
      }
      throw new Error(`Tab never came to ${String(name)}`);
    };
    await tabTo(/^Make an account/);
    await keys.press("Enter");
    await page.getByRole("heading", { name: "Make an account" }).waitFor();
    await keys.type("Kay");
    await tabTo(/^Login/);
    await keys.type("kay");
    await tabTo(/^Password/);
    await keys.type("short");
    await keys.press("Enter");
    await page.locator("#sign-password:invalid").waitFor();
    await keys.press("Control+a");
    await keys.type(PASSWORD);
    await keys.press("Enter");
    await page.getByRole("heading", { name: "All notes" }).waitFor();
    // A view that was opened has the focus on its heading; on a page that was just loaded, Tab begins with the way past what is always there.
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    await page.reload();
    await page.getByRole("heading", { name: "All notes" }).waitFor();
    await page.locator("#skip").focus();
    await keys.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    await page.getByLabel("Search notes").focus();
    await tabTo(/^Name of a new notebook/);
    await keys.type("Diary");
    await keys.press("Enter");
    await page.getByText("The notebook Diary is made.").waitFor();
    await tabTo(/^New note/);
    await keys.press("Enter");
    await page.getByRole("heading", { name: "New note" }).waitFor();
    await keys.type("Written by keyboard");
    await tabTo(/^Text/);
    await keys.type("Not a click in sight.");
    await keys.press("Control+s");
    await page.getByText("Saved.").waitFor();
    await tabTo(/^Back to all notes/);
    await keys.press("Enter");
    await page.getByRole("link", { name: "Written by keyboard" }).waitFor();
    await page.getByLabel("Search notes").focus();
    await keys.type("click sight");
    await keys.press("Enter");
    await page.getByText("1 found.").waitFor();
    await tabTo(/^Written by keyboard/);
    await keys.press("Enter");
    await page.getByRole("heading", { name: "Edit note" }).waitFor();
    await tabTo(/^Move to the trash/);
    await keys.press("Space");
    await page.getByText("The note is in the trash.").waitFor();
  });

  here(`data is taken in from a file, shown by pages, and given out again${skipped}`, async () => {
    const page = await visit();
    await signUp(page, "dora", "Dora");
    const lines = [{ notebook: { name: "Imported" } }, ...Array.from({ length: 25 }, (_, index) => ({ note: {
      notebook: "Imported", title: `Number ${index}`, body: "", tags: [], createdAt: "2020-01-01T00:00:00.000Z", updatedAt: `2020-01-01T00:00:${String(index).padStart(2, "0")}.000Z`, deletedAt: null,
    } }))].map((line) => `${JSON.stringify(line)}\n`);
    await page.getByLabel("Import").setInputFiles({ name: "notes.ndjson", mimeType: "application/x-ndjson", buffer: Buffer.from(lines.join("")) });
    await page.getByRole("status").getByText("25 notes are imported.").waitFor();
    expect(await titles(page)).toHaveLength(20);
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByRole("link", { name: "Number 0", exact: true }).waitFor();
    expect(await titles(page)).toEqual(Array.from({ length: 25 }, (_, index) => `Number ${24 - index}`));
    // The focus is where the new part begins.
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Number 4");
    await page.getByLabel("Import").setInputFiles({ name: "broken.ndjson", mimeType: "application/x-ndjson", buffer: Buffer.from("{oops") });
    await page.getByRole("alert").getByText("Line 1 of the import is no JSON.").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export" }).click()]);
    const out = join(folder, "out.ndjson");
    await download.saveAs(out);
    expect([download.suggestedFilename(), readFileSync(out, "utf8").split("\n").sort()]).toEqual(["notes.ndjson", [...lines.map((line) => line.trim()), ""].sort()]);
  });

  here(`a conflict, a lost network and the end of a session lose nothing that was typed${skipped}`, async () => {
    const page = await visit();
    await signUp(page, "carol", "Carol");
    await makeNotebook(page, "Plans");
    await write(page, "Plans", "Plan", "first", "");
    await page.locator(".notes a").click();
    await page.getByRole("heading", { name: "Edit note" }).waitFor();

    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByLabel("Text", { exact: true }).fill("theirs");
    await save(second);
    await page.getByLabel("Text", { exact: true }).fill("mine");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("alert").getByText("changed elsewhere").waitFor();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("mine");
    await picture(page, "conflict");
    await page.getByRole("button", { name: "Take the other version" }).click();
    await page.getByText("This is the other version.").waitFor();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("theirs");
    await page.getByLabel("Text", { exact: true }).fill("mine again");
    await save(page);
    await second.getByLabel("Text", { exact: true }).fill("theirs again");
    await second.getByRole("button", { name: "Save", exact: true }).click();
    await second.getByRole("button", { name: "Save mine over it" }).click();
    await second.getByRole("status").getByText("Saved.").waitFor();
    await second.close();

    await page.context().setOffline(true);
    await page.getByRole("alert").getByText("You are offline").waitFor();
    await page.getByLabel("Text", { exact: true }).fill("written in a tunnel");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("alert").getByText("cannot be reached").waitFor();
    await page.context().setOffline(false);
    await page.getByRole("status").getByText("online again").waitFor();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("written in a tunnel");

    await page.context().clearCookies();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("alert").getByText("Your session has ended").waitFor();
    expect(await page.content()).not.toContain("tunnel");
    await page.getByLabel("Login").fill("carol");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").getByText("There is no such login").waitFor();
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("What you had typed is back").waitFor();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("written in a tunnel");

    // The draft is of an older version by now, since the second window was last: Carol decides.
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Save mine over it" }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Edit note" }).waitFor();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("written in a tunnel");
  });

  here(`the API's page works under the same policy${skipped}`, async () => {
    const page = await visit();
    await page.goto(`${service.url}/docs`);
    await page.getByRole("heading", { name: /Notes/ }).first().waitFor();
    await page.getByText("A page of notes, the latest change first").waitFor();
    expect(await page.locator(".opblock").count()).toBe(22);
  });
});
