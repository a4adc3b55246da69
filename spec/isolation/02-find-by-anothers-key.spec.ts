import { NotFoundError, oneOf, type Context } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { plainSql, Project, SECRET, Setting, Token, world } from "./world";

onEveryEngine("2 find by another's key", (databases) => {
  it("would find the row without the guard", async () => {
    const { db, system, rows, plain, alice } = await world(databases);
    expect(await db.repository(Project).findById(system, rows.project.project_id)).toMatchObject({ name: `${SECRET}-project` });
    expect(await db.repository(Token).findById(system, { user_id: alice.user_id, token_id: rows.token.token_id })).not.toBeNull();
    const found = await plainSql(plain, "select name from project where project_id = ?", rows.project.project_id);
    if (found !== null) expect(found).toEqual([{ name: `${SECRET}-project` }]);
  });

  it("finds nothing in Bob's name, by a key of any kind", async () => {
    const { db, aliceCtx, bobCtx, rows, alice } = await world(databases);
    const ids = async (context: Context) => [
      await db.repository(Project).findById(context, rows.project.project_id),
      await db.repository(Project).findById(context, { project_id: rows.project.project_id }),
      await db.repository(Token).findById(context, rows.token.token_id),
      await db.repository(Setting).findById(context, rows.setting.name),
      await db.repository(Project).findOne(context, { project_id: rows.project.project_id }),
      await db.repository(Project).as(context).findById(rows.project.project_id),
    ];
    expect(await ids(bobCtx)).toEqual(Array(6).fill(null));
    // The same calls by the owner: the keys are right.
    expect((await ids(aliceCtx)).filter((row) => row === null)).toEqual([]);
    expect(await db.repository(Project).find(bobCtx, { project_id: oneOf([rows.project.project_id]) })).toEqual([]);
    for (const id of [{ project_id: rows.project.project_id, user_id: alice.user_id }, { user_id: alice.user_id, project_id: rows.project.project_id }]) {
      expect(await db.repository(Project).findById(bobCtx, id)).toBeNull();
    }
  });

  it("answers as for a row that does not exist", async () => {
    const { db, bobCtx, rows } = await world(databases);
    const errors = await Promise.all([rows.project.project_id, 999_999].map((id) =>
      failure(NotFoundError, () => db.repository(Project).findByIdOrFail(bobCtx, id))));
    expect(errors[0]!.message).toBe(errors[1]!.message);
    expect(await db.repository(Project).exists(bobCtx, { project_id: rows.project.project_id })).toBe(false);
  });
});
