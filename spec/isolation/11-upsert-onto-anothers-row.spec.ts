import { AccessViolationError, InvalidQueryError } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, plainSql, Project, SECRET, Setting, Token, world } from "./world";

onEveryEngine("11 upsert onto another's row", (databases) => {
  it("would change the row without the guard", async () => {
    const { db, system, alice, plain } = await world(databases);
    await db.repository(Project).upsert(system, { user_id: alice.user_id, name: `${SECRET}-project`, budget: 1 }, { on: ["name"] });
    expect(await db.repository(Project).findOne(system, { name: `${SECRET}-project` })).toMatchObject({ budget: 1, user_id: alice.user_id });
    const changed = await plainSql(plain, `insert into setting (name, user_id, value) values (?, ?, 'taken')
      on conflict (user_id, name) do update set value = excluded.value returning value`, `${SECRET}-setting`, alice.user_id);
    if (changed !== null) expect(changed).toEqual([{ value: "taken" }]);
  });

  it("makes a row of Bob's own, on a key of any kind", async () => {
    const w = await world(databases);
    const { db, bobCtx, bob } = w;
    const before = await aliceRows(w);
    const project = await db.repository(Project).upsert(bobCtx, { name: `${SECRET}-project`, budget: 1 }, { on: ["name"] });
    const setting = await db.repository(Setting).upsert(bobCtx, { name: `${SECRET}-setting`, value: "bob's" }, { on: ["name"] });
    const ranked = await db.repository(Setting).upsert(
      bobCtx, { name: "ranked", value: "bob's", section: `${SECRET}-section`, rank: 1 }, { on: ["section", "rank"] });
    const token = await db.repository(Token).upsert(bobCtx, { label: `${SECRET}-token` }, { on: ["label"] });
    expect([project, setting, ranked, token].map((row) => row.user_id)).toEqual(Array(4).fill(bob.user_id));
    expect(project.project_id).not.toBe(w.rows.project.project_id);
    expect(token.token_id).not.toBe(w.rows.token.token_id);
    expect(await aliceRows(w)).toEqual(before);
    // The second time it is an update, of Bob's row.
    expect(await db.repository(Project).upsert(bobCtx, { name: `${SECRET}-project`, budget: 2 }, { on: ["name"] })).toMatchObject({ project_id: project.project_id, budget: 2 });
    expect(await db.repository(Setting).upsert(bobCtx, { name: `${SECRET}-setting`, value: "again" }, { on: ["name"] })).toMatchObject({ value: "again" });
    expect([await db.repository(Project).count(bobCtx), await db.repository(Setting).count(bobCtx)]).toEqual([1, 2]);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("makes rows of Bob's own of a list, many by one statement", async () => {
    const w = await world(databases);
    const { db, bobCtx, bob } = w;
    const system = await db.repository(Setting).upsertMany(w.system, [{ user_id: w.alice.user_id, name: `${SECRET}-setting`, value: "system's" }], { on: ["name"] });
    expect(system.map((row) => row.user_id)).toEqual([w.alice.user_id]);
    const before = await aliceRows(w);
    const settings = db.repository(Setting);
    const list = [`${SECRET}-setting`, "b", "c"].map((name) => ({ name, value: "bob's" }));
    for (const _ of ["insert", "update"]) {
      const stored = await settings.upsertMany(bobCtx, list, { on: ["name"] });
      expect(stored.map((row) => [row.user_id, row.name, row.value])).toEqual(list.map(({ name, value }) => [bob.user_id, name, value]));
      expect(await settings.count(bobCtx)).toBe(3);
      expect(await aliceRows(w)).toEqual(before);
    }
    const ranked = [`${SECRET}-section`, "other"].map((section) => ({ name: section, value: "x", section, rank: 1 }));
    expect((await settings.upsertMany(bobCtx, ranked, { on: ["section", "rank"] })).map((row) => row.user_id)).toEqual([bob.user_id, bob.user_id]);
    const { token_id } = w.rows.token;
    await failure(AccessViolationError, () => db.repository(Token).upsertMany(bobCtx, [{ label: "fine" }, { token_id, label: "x" }], { on: ["label"] }));
    await failure(AccessViolationError, () => settings.upsertMany(bobCtx, [{ name: "fine", value: "x" }, { user_id: w.alice.user_id, name: "y", value: "x" }], { on: ["name"] }));
    await failure(InvalidQueryError, () => db.repository(Token).upsertMany(bobCtx, [{ label: "x" }], { on: ["token_id"] }));
    expect(await db.repository(Token).count(bobCtx)).toBe(0);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("is refused on a key that Bob cannot choose", async () => {
    const w = await world(databases);
    const { db, bobCtx, rows } = w;
    const before = await aliceRows(w);
    await failure(InvalidQueryError, () =>
      db.repository(Project).upsert(bobCtx, { name: "x", budget: 1 }, { on: ["project_id"] }));
    for (const project_id of [rows.project.project_id, 999_999]) {
      await failure(AccessViolationError, () => db.repository(Project).upsert(bobCtx, { project_id, name: "x" }, { on: ["name"] }));
    }
    await failure(AccessViolationError, () => db.repository(Token).upsert(bobCtx, { token_id: rows.token.token_id, label: "x" }, { on: ["label"] }));
    expect(await aliceRows(w)).toEqual(before);
    expect(await db.repository(Project).count(bobCtx)).toBe(0);
  });

  it("never moves a row to its caller", async () => {
    const w = await world(databases);
    const own = await w.db.repository(Project).upsert(w.bobCtx, { name: "bob" }, { on: ["name"] });
    const again = await w.db.repository(Project).upsert(w.aliceCtx, { name: "bob", budget: 9 }, { on: ["name"] });
    expect([own.user_id, again.user_id]).toEqual([w.bob.user_id, w.alice.user_id]);
    expect(await w.db.repository(Project).find(w.bobCtx)).toEqual([own]);
  });
});
