import { all, ForeignKeyViolationError, UniqueViolationError, type Context } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Project, SECRET, Task, world, type World } from "./world";

const undo = new Error("undo");
const ignoreUndo = (error: unknown): void => { if (error !== undo) throw error; };

onEveryEngine("36 savepoints and rolled-back transactions under another user", (databases) => {
  const names = async ({ db }: World, context: Context) => (await db.repository(Project).find(context)).map((row) => row.name);

  it("would show and change the other's rows inside the transaction without the guard", async () => {
    const w = await world(databases);
    await w.db.transaction(async () => {
      expect(await names(w, w.system)).toEqual([`${SECRET}-project`]);
      expect(await w.db.repository(Project).update(w.system, all, { budget: 1 })).toBe(1);
      throw undo;
    }).catch(ignoreUndo);
    expect(await w.db.repository(Project).findOne(w.aliceCtx, {})).toMatchObject({ budget: 100 });
  });

  it("keep to each context that speaks in one transaction", async () => {
    const w = await world(databases);
    const before = await aliceRows(w);
    await w.db.transaction(async (tx) => {
      await tx.repository(Project).insert(w.bobCtx, { name: "bob" });
      await w.db.transaction(async () => {
        expect(await names(w, w.aliceCtx)).toEqual([`${SECRET}-project`]);
        expect(await tx.repository(Project).update(w.bobCtx, all, { budget: 1 })).toBe(1);
        await w.db.repository(Project).insert(w.aliceCtx, { name: "inner" });
        expect(await names(w, w.bobCtx)).toEqual(["bob"]);
      });
      expect(await names(w, w.aliceCtx)).toEqual([`${SECRET}-project`, "inner"]);
      throw undo;
    }).catch(ignoreUndo);
    expect(await aliceRows(w)).toEqual(before);
    expect(await names(w, w.bobCtx)).toEqual([]);
  });

  it("undo a savepoint of one user and leave what the other did around it", async () => {
    const w = await world(databases);
    await w.db.transaction(async () => {
      await w.db.repository(Project).insert(w.aliceCtx, { name: "outer" });
      await w.db.transaction(async () => {
        await w.db.repository(Project).insertMany(w.bobCtx, [{ name: "a" }, { name: "b" }]);
        expect(await w.db.repository(Project).delete(w.bobCtx, all)).toBe(2);
        await w.db.repository(Project).insert(w.bobCtx, { name: "c" });
        throw undo;
      }).catch(ignoreUndo);
      expect(await names(w, w.bobCtx)).toEqual([]);
      await w.db.repository(Project).insert(w.bobCtx, { name: "kept" });
    });
    expect(await names(w, w.bobCtx)).toEqual(["kept"]);
    expect(await names(w, w.aliceCtx)).toEqual([`${SECRET}-project`, "outer"]);
  });

  it("leave the guard in place after a failed statement and a rollback", async () => {
    const w = await world(databases);
    const before = await aliceRows(w);
    await w.db.repository(Project).insert(w.bobCtx, { name: "bob" });
    await failure(UniqueViolationError, () => w.db.transaction(async () => {
      expect(await w.db.repository(Project).count(w.aliceCtx)).toBe(1);
      await w.db.repository(Project).insert(w.bobCtx, { name: "bob" });
    }));
    await failure(ForeignKeyViolationError, () => w.db.transaction(async () => {
      await failure(ForeignKeyViolationError, () => w.db.transaction(async () => {
        await w.db.repository(Task).insert(w.bobCtx, { project_id: w.rows.project.project_id, title: "x" });
      }));
      expect(await w.db.repository(Task).find(w.bobCtx)).toEqual([]);
      await w.db.repository(Task).insert(w.bobCtx, { project_id: w.rows.project.project_id, title: "x" });
    }));
    expect(await names(w, w.bobCtx)).toEqual(["bob"]);
    expect(await w.db.repository(Project).update(w.bobCtx, { project_id: w.rows.project.project_id }, { budget: 0 })).toBe(0);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("do not lend their session to a call from outside", async () => {
    const w = await world(databases);
    const outside = names(w, w.bobCtx);
    let during: Promise<readonly string[]> | undefined;
    await w.db.transaction(async () => {
      await w.db.repository(Project).insert(w.aliceCtx, { name: "uncommitted" });
      during = names(w, w.aliceCtx);
      expect(await during).toContain("uncommitted");
      throw undo;
    }).catch(ignoreUndo);
    expect(await outside).toEqual([]);
    expect(await names(w, w.aliceCtx)).toEqual([`${SECRET}-project`]);
    expect(await names(w, w.bobCtx)).toEqual([]);
  });
});
