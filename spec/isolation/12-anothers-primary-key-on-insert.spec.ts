import { AccessViolationError, UniqueViolationError } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, plainSql, Project, Setting, Token, world } from "./world";

const UUID = "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f";

onEveryEngine("12 another's primary key on insert", (databases) => {
  it("would tell of the row without the guard", async () => {
    const { db, system, bob, rows, plain } = await world(databases);
    const { project_id } = rows.project;
    await failure(UniqueViolationError, () => db.repository(Project).insert(system, { project_id, user_id: bob.user_id, name: "x" }));
    await db.repository(Project).insert(system, { project_id: 999_999, user_id: bob.user_id, name: "x" });
    if (plain !== null) {
      await expect(plainSql(plain, "insert into project (project_id, user_id, name, budget) values (?, ?, 'y', 0) returning name", project_id, bob.user_id))
        .rejects.toThrow(/unique constraint/i);
    }
  });

  it("answers Bob the same whether or not there is such a row, and stores nothing", async () => {
    const w = await world(databases);
    const { db, bobCtx, rows } = w;
    const before = await aliceRows(w);
    const answers: string[][] = [];
    for (const [project_id, token_id] of [[rows.project.project_id, rows.token.token_id], [999_999, UUID]] as const) {
      const messages: string[] = [];
      for (const attack of [
        () => db.repository(Project).insert(bobCtx, { project_id, name: "x" }),
        () => db.repository(Project).insert(bobCtx, Object.assign(new Project(), { project_id, name: "x" })),
        () => db.repository(Project).insertMany(bobCtx, [{ name: "fine" }, { project_id, name: "x" }]),
        () => db.repository(Project).upsert(bobCtx, { project_id, name: "x" }, { on: ["name"] }),
        () => db.repository(Project).save(bobCtx, { project_id, name: "x" }),
        () => db.repository(Token).insert(bobCtx, { token_id, label: "x" }),
        () => db.repository(Token).save(bobCtx, { token_id, label: "x" }),
      ]) {
        const error = await failure(AccessViolationError, attack);
        messages.push(`${error.code} ${error.message} ${String(error.cause)}`);
      }
      answers.push(messages);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect([await db.repository(Project).count(bobCtx), await db.repository(Token).count(bobCtx)]).toEqual([0, 0]);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("gives Bob the same key of his own where callers choose keys", async () => {
    const w = await world(databases);
    const { db, aliceCtx, bobCtx, rows } = w;
    const before = await aliceRows(w);
    const { name } = rows.setting;
    await db.repository(Setting).insert(bobCtx, { name, value: "bob's" });
    expect(await db.repository(Setting).findById(bobCtx, name)).toMatchObject({ value: "bob's", user_id: w.bob.user_id });
    expect(await db.repository(Setting).findById(aliceCtx, name)).toEqual(rows.setting);
    expect(await aliceRows(w)).toEqual(before);
    const again = await failure(UniqueViolationError, () => db.repository(Setting).insert(bobCtx, { name, value: "twice" }));
    expect(again.properties).toEqual(["name"]);
  });
});
