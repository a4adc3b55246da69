import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onOneOfEachDialect } from "../support/databases";
import { Client } from "../support/notes-api/client";
import { lastingPlace, SECRET, spawnNotes, startNotes } from "../support/notes-api/service";

onOneOfEachDialect("npm run example:notes", (databases) => {
  it("finishes what runs when it is told to stop, tells why it crossed owners, and finds everything again", async () => {
    const place = await lastingPlace(databases);
    try {
      const first = await startNotes(place.environment);
      expect(await place.guarded()).toEqual(databases.rls ? ["account", "credential", "note", "note_tag", "note_word", "notebook", "session", "tag"] : []);
      const alice = new Client(first.url);
      await alice.signUp("alice");
      await alice.ok("POST", "/api/notebooks", { json: { name: "Kept" } });

      // An upload of which only half has come when the service is told to stop.
      const { hostname, port } = new URL(first.url);
      const upload = request({ hostname, port, method: "POST", path: "/api/import", headers: { cookie: alice.cookie ?? "", "content-type": "application/x-ndjson" } });
      const answered = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        upload.on("error", reject).on("response", (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("end", () => resolve({ status: response.statusCode, text }));
        });
      });
      upload.write('{"notebook":{"name":"Uploaded"}}\n');
      await first.wrote('"url":"/api/import"');
      first.child.kill("SIGTERM");
      await first.wrote("stopping: no new connections");
      await expect(fetch(`${first.url}/api/me`)).rejects.toThrow("fetch failed");
      upload.end('{"notebook":{"name":"Last"}}\n');
      expect(await answered).toEqual({ status: 200, text: '{"notebooks":2,"notes":0}' });
      expect(await first.ended()).toBe(0);
      expect(first.output()).toContain('"msg":"stopped"');
      const reasons = first.output().split("\n").filter((line) => line.includes("statement across owners")).map((line) => (JSON.parse(line) as { reason: string }).reason);
      expect([...new Set(reasons)]).toEqual(["sign-up: store a new account and its credential"]);
      expect(first.output()).not.toContain("a long password");

      const second = await startNotes(place.environment);
      const again = new Client(second.url);
      again.cookie = alice.cookie;
      expect((await again.ok("GET", "/api/notebooks")).items.map(({ name }: { name: string }) => name)).toEqual(["Kept", "Last", "Uploaded"]);
      expect(await second.stop("SIGINT")).toBe(0);
    } finally {
      await place.remove();
    }
  });
});

it("npm run example:notes makes its secret, for its user alone, and says in words why it does not start", async () => {
  const folder = mkdtempSync(join(tmpdir(), "freehold-notes-"));
  try {
    const environment = { NOTES_DB: join(folder, "data", "notes.db"), NOTES_SECRET: "", NOTES_LOG_LEVEL: "silent" };
    const started = await startNotes(environment);
    expect(started.output()).toBe(`Notes: ${started.url}  (API: ${started.url}/docs; data in ${environment.NOTES_DB})\n`);
    expect([environment.NOTES_DB, `${environment.NOTES_DB}.secret`].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    const { port } = new URL(started.url);
    const [wrong, taken] = [spawnNotes({ PORT: "high", NOTES_SECRET: "short" }), spawnNotes({ ...environment, PORT: port })];
    const nowhere = spawnNotes({ NOTES_DB: join(folder, "none", "notes.db"), NOTES_SECRET: SECRET });
    expect([await wrong.ended(), await taken.ended(), await nowhere.ended()]).toEqual([1, 1, 1]);
    expect(taken.output()).toContain("EADDRINUSE");
    expect(nowhere.output()).toMatch(/^sqlite3\(\) cannot open the database file .*Check that its directory exists[^\n]*\n$/);
    expect(wrong.output()).toMatch(/^The service cannot start:\n {2}- PORT is .*\n {2}- NOTES_SECRET is .*\n$/);
    expect(await started.stop()).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
