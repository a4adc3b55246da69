import { AsyncLocalStorage } from "node:async_hooks";
import { ContextRequiredError, type Context } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { plainSql, Project, SECRET, world, type World } from "./world";

onEveryEngine("24 streams left half-read", (databases) => {
  async function filled(): Promise<World> {
    const w = await world(databases);
    await w.db.repository(Project).insertMany(w.aliceCtx, Array.from({ length: 9 }, (_, index) => ({ name: `${SECRET}-${index}` })));
    await w.db.repository(Project).insertMany(w.bobCtx, Array.from({ length: 9 }, (_, index) => ({ name: `bob-${index}` })));
    return w;
  }
  const namesOf = async (rows: AsyncIterable<Project>, most = Infinity): Promise<string[]> => {
    const names: string[] = [];
    for await (const project of rows) if (names.push(project.name) >= most) break;
    return names;
  };
  const foreign = (names: readonly string[]): readonly string[] => names.filter((name) => name.startsWith(SECRET));

  it("would show her rows without the guard", async () => {
    const { db, system, plain } = await filled();
    expect(foreign(await namesOf(db.repository(Project).stream(system, {}, { chunkSize: 4 })))).toHaveLength(10);
    // What a next chunk asks for: the rows behind the last one, whosever they are.
    const found = await plainSql(plain, "select name from project where project_id > 0 order by project_id limit 2");
    if (found !== null) expect(found).toEqual([{ name: `${SECRET}-project` }, { name: `${SECRET}-0` }]);
  });

  it("one user's stream, left at any row, gives the next user nothing", async () => {
    const { db, aliceCtx, bobCtx } = await filled();
    for (let row = 1; row <= 10; row += 1) {
      expect(await namesOf(db.repository(Project).stream(aliceCtx, {}, { chunkSize: 3 }), row)).toHaveLength(row);
      const his = await namesOf(db.repository(Project).stream(bobCtx, {}, { chunkSize: 3 }));
      expect([his.length, foreign(his)]).toEqual([9, []]);
    }
  });

  it("two users' streams read row by row in turns each give their own rows", async () => {
    const { db, aliceCtx, bobCtx } = await filled();
    const open = (ctx: Context) => db.repository(Project).stream(ctx, {}, { chunkSize: 2, orderBy: { name: "desc" } })[Symbol.asyncIterator]();
    const [hers, his] = [open(aliceCtx), open(bobCtx)];
    const seen: { readonly hers: string[]; readonly his: string[] } = { hers: [], his: [] };
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = await Promise.all([hers.next(), his.next()]);
      if (a.done !== true) seen.hers.push(a.value.name);
      if (b.done !== true) seen.his.push(b.value.name);
    }
    expect(foreign(seen.hers)).toHaveLength(10);
    expect(seen.his).toHaveLength(9);
    expect(foreign(seen.his)).toEqual([]);
  });

  it("a stream keeps its own context, whoever reads it on", async () => {
    const { db, aliceCtx, bobCtx } = await filled();
    const requests = new AsyncLocalStorage<string>();
    const rows = requests.run("bob", () => db.repository(Project).as(bobCtx).stream({}, { chunkSize: 2 }));
    const iterator = rows[Symbol.asyncIterator]();
    await iterator.next();
    await db.repository(Project).find(aliceCtx);
    const rest = await requests.run("alice", async () => db.transaction(async () => {
      const names: string[] = [];
      // In a database in memory, a transaction has its only connection: the stream is read on afterwards.
      if (databases.shared) for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) names.push(next.value.name);
      return names;
    }));
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) rest.push(next.value.name);
    expect(rest).toHaveLength(8);
    expect(foreign(rest)).toEqual([]);
  });

  it("needs a context before anybody reads", async () => {
    const { db } = await filled();
    const before = databases.events.length;
    for (const context of [undefined, null, {}, { key: 1 }]) {
      await failure(ContextRequiredError, () => db.repository(Project).stream(context as never));
    }
    expect(databases.events.length).toBe(before);
  });
});
