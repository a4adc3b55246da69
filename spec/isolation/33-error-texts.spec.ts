import { inspect } from "node:util";
import { all, contains, FreeholdError, gt, like, oneOf } from "freehold";
import { onEveryEngine } from "../support/databases";
import { aliceRows, plainSql, Project, SECRET, Setting, Task, Token, world, type World } from "./world";

/** Everything that an error shows to whoever prints, logs or serialises it. */
function texts(error: unknown): string {
  const parts: string[] = [];
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    parts.push(current.message, current.stack ?? "", inspect(current, { depth: 6, showHidden: true }), JSON.stringify(current, Object.getOwnPropertyNames(current)));
  }
  return parts.join("\n");
}

/** Calls of Bob's that fail, near Alice's rows and far from them. */
function attacks({ db, bobCtx, alice, rows }: World): readonly (() => unknown)[] {
  const [projects, tasks, tokens, settings] = [db.repository(Project), db.repository(Task), db.repository(Token), db.repository(Setting)];
  const { project_id } = rows.project;
  const odd = (value: unknown): never => value as never;
  return [
    () => projects.insert(bobCtx, { project_id, name: "x" }), () => projects.insert(bobCtx, { user_id: alice.user_id, name: "x" }),
    () => projects.insert(bobCtx, { name: "mine" }), () => projects.insertMany(bobCtx, [{ name: "a" }, { name: "mine" }]),
    () => projects.insert(bobCtx, {}), () => projects.insert(bobCtx, { name: "x", country: "zz" }), () => projects.insert(bobCtx, { name: "x", parent_id: project_id }),
    () => projects.insert(bobCtx, odd({ name: 1 })), () => projects.insert(bobCtx, odd({ nme: "x" })), () => projects.insert(bobCtx, odd(null)),
    () => projects.save(bobCtx, { project_id, name: "x" }), () => projects.save(bobCtx, rows.project), () => projects.saveMany(bobCtx, [rows.project]),
    () => projects.remove(bobCtx, { project_id }), () => projects.remove(bobCtx, rows.project), () => projects.remove(bobCtx, {}),
    () => projects.findByIdOrFail(bobCtx, project_id), () => projects.findOneOrFail(bobCtx, { budget: 100 }), () => projects.findOneOrFail(bobCtx, { user_id: alice.user_id }),
    () => projects.find(bobCtx, odd({ nme: "x" })), () => projects.find(bobCtx, { name: undefined }), () => projects.find(bobCtx, odd({ budget: "x" })),
    () => projects.find(bobCtx, odd({ name: gt(1) })), () => projects.find(bobCtx, odd({ budget: like("%") })), () => projects.find(bobCtx, { name: oneOf(odd("x")) }),
    () => projects.find(bobCtx, { name: contains(odd(1)) }), () => projects.find(bobCtx, {}, { limit: -1 }), () => projects.find(bobCtx, {}, odd({ lmit: 1 })),
    () => projects.find(bobCtx, {}, { orderBy: odd({ nme: "asc" }) }), () => projects.find(bobCtx, {}, { lock: "update" }),
    () => projects.update(bobCtx, {}, { budget: 1 }), () => projects.update(bobCtx, all, {}), () => projects.update(bobCtx, all, { user_id: alice.user_id }),
    () => projects.update(bobCtx, all, { project_id }), () => projects.update(bobCtx, all, odd({ budget: "x" })), () => projects.update(bobCtx, all, { name: "mine" }),
    () => projects.update(bobCtx, all, { parent_id: project_id }), () => projects.update(bobCtx, all, odd({ budget: null })), () => projects.delete(bobCtx, {}),
    () => projects.delete(bobCtx, odd(undefined)), () => projects.upsert(bobCtx, { name: "x" }, { on: ["budget"] }), () => projects.upsert(bobCtx, { name: "x" }, odd({})),
    () => projects.upsert(bobCtx, { project_id, name: "x" }, { on: ["name"] }), () => projects.upsert(bobCtx, { name: "x", country: "zz" }, { on: ["name"] }),
    () => projects.findById(bobCtx, odd(undefined)), () => projects.findById(bobCtx, odd({ id: 1 })), () => projects.findById(bobCtx, "x"), () => projects.find(odd(rows.project)),
    () => projects.find(odd(alice)), () => projects.as(odd({ key: alice.user_id })), () => projects.create(odd({ nme: "x" })), () => projects.create(odd(rows.task)),
    () => tasks.insert(bobCtx, { project_id, title: "x" }), () => tasks.insert(bobCtx, { project_id: 999_999, title: "x" }), () => tasks.save(bobCtx, rows.task),
    () => tasks.insert(bobCtx, odd(rows.project)), () => tokens.insert(bobCtx, { token_id: rows.token.token_id, label: "x" }), () => tokens.insert(bobCtx, { label: "mine" }),
    () => tokens.save(bobCtx, rows.token), () => tokens.findByIdOrFail(bobCtx, rows.token.token_id), () => settings.insert(bobCtx, { name: "mine", value: "x" }),
    () => settings.save(bobCtx, { name: rows.setting.name, value: "x" }), () => settings.insert(bobCtx, { name: "other", value: "x", section: "s", rank: 1 }),
    () => settings.insertMany(bobCtx, [{ name: "a", value: "x" }, { name: "a", value: "y" }]), () => settings.remove(bobCtx, rows.setting),
    () => db.transaction(async () => { await projects.insert(bobCtx, { name: "t" }); await projects.insert(bobCtx, { name: "mine" }); }),
    () => db.system("a\nb"), () => db.repository(class Unlisted {} as typeof Project).find(bobCtx),
  ];
}

onEveryEngine("33 error texts", (databases) => {
  it("would repeat the other's values if they told what they met", async () => {
    const { db, system, rows, plain } = await world(databases);
    expect((await db.repository(Project).find(system)).map((row) => row.name)).toEqual([rows.project.name]);
    const shown = await plainSql(plain, "select name, (select value from setting) as value from project");
    if (shown !== null) expect(inspect(shown)).toContain(SECRET);
  });

  it("repeat no value of a row that is another's", async () => {
    const w = await world(databases);
    await w.db.repository(Project).insert(w.bobCtx, { name: "mine" });
    await w.db.repository(Project).insert(w.bobCtx, { name: "mine too" });
    await w.db.repository(Token).insert(w.bobCtx, { label: "mine" });
    await w.db.repository(Setting).insert(w.bobCtx, { name: "mine", value: "x", section: "s", rank: 1 });
    const before = await aliceRows(w);
    const told: string[] = [];
    const codes = new Set<string>();
    for (const [index, attack] of attacks(w).entries()) {
      try {
        await attack();
      } catch (error) {
        if (!(error instanceof FreeholdError)) throw error;
        told.push(texts(error));
        codes.add(error.code);
        continue;
      }
      throw new Error(`attack ${index} was expected to fail`);
    }
    expect(told.length).toBeGreaterThan(60);
    expect([...codes].sort()).toEqual([
      "ACCESS_VIOLATION", "CONTEXT_REQUIRED", "FOREIGN_KEY_VIOLATION", "INVALID_QUERY", "MODEL_ERROR", "NOT_FOUND", "TRANSACTION_ERROR", "UNIQUE_VIOLATION",
      "VALIDATION_ERROR",
    ]);
    const secrets = [SECRET, w.rows.token.token_id, "example.org"];
    for (const text of told) for (const secret of secrets) expect(text).not.toContain(secret);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("keep the caller's own values out as well, where they may be somebody's password", async () => {
    const { db, bobCtx } = await world(databases);
    const projects = db.repository(Project);
    await projects.insert(bobCtx, { name: "bobs-own-words" });
    const calls: readonly (() => Promise<unknown>)[] = [
      () => projects.insert(bobCtx, { name: "bobs-own-words" }), () => projects.find(bobCtx, { budget: "bobs-own-words" } as never),
    ];
    for (const call of calls) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FreeholdError);
      expect(texts(error)).not.toContain("bobs-own-words");
    }
  });
});
