import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  betterSqlite3, Column, ConnectionError, Database, DatabaseClosedError, Entity, PrimaryKey, sqlite3, TransactionError, User, UserContext,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Document, documentModel, twoUsers } from "../support/documents";

@Entity()
class Counter {
  @PrimaryKey({ generate: "none" }) name!: string;
  @Column() value!: number;
}

const pause = (ms: number): Promise<void> => new Promise((done) => { setTimeout(done, ms); });

onEveryEngine("a database under concurrent use", (databases) => {
  async function openCounter() {
    const db = await databases.open({ entities: [Counter] });
    const counters = db.repository(Counter);
    await counters.insert({ name: "c", value: 0 });
    return { db, counters };
  }

  it("keeps concurrent transactions apart that read, wait and write the same counter", async () => {
    const { db, counters } = await openCounter();
    // On PostgreSQL, writers are many: those that meet are run again, which takes more turns the more there are.
    const [writers, options] = databases.dialect === "sqlite" ? [200, {}] as const : [50, { isolation: "serializable", retries: 1_000 }] as const;
    await Promise.all(Array.from({ length: writers }, (_, index) => db.transaction(async () => {
      const { value } = await counters.findByIdOrFail("c");
      await pause(index % 2);
      await counters.update({ name: "c" }, { value: value + 1 });
    }, options)));
    expect((await counters.findByIdOrFail("c")).value).toBe(writers);
  });

  it("leaves nothing of a transaction that fails, and rethrows its error as it is", async () => {
    const { db, counters } = await openCounter();
    const reason = new Error("on purpose");
    await expect(db.transaction(async () => {
      await counters.update({ name: "c" }, { value: 7 });
      await counters.insert({ name: "d", value: 1 });
      throw reason;
    })).rejects.toBe(reason);
    expect(await counters.find()).toEqual([expect.objectContaining({ name: "c", value: 0 })]);
  });

  it("does not roll back a statement that was sent outside while a transaction was open", async () => {
    const { db, counters } = await openCounter();
    let begun = (): void => undefined;
    const open = new Promise<void>((resolve) => { begun = resolve; });
    const failing = db.transaction(async () => {
      await counters.insert({ name: "inside", value: 1 });
      begun();
      await pause(20);
      throw new Error("on purpose");
    });
    await open;
    const outside = counters.insert({ name: "outside", value: 1 });
    await expect(failing).rejects.toThrow("on purpose");
    await outside;
    expect((await counters.find()).map((counter) => counter.name)).toEqual(["c", "outside"]);
  });

  it("does not show a transaction's work to others before it is committed", async () => {
    const { db, counters } = await openCounter();
    const seen: Promise<number>[] = [];
    let outside = (): void => undefined;
    const asked = new Promise<void>((resolve) => { outside = resolve; });
    const asking = asked.then(() => seen.push(counters.count()));
    await db.transaction(async () => {
      await counters.insert({ name: "inside", value: 1 });
      outside();
      await asking;
      // Another connection answers while the transaction is still open; a :memory: database has none and answers after the commit.
      if (databases.shared) expect(await seen[0]).toBe(1);
      else await pause(10);
    });
    expect(await seen[0]).toBe(databases.shared ? 1 : 2);
  });

  it("waits for running work when it closes, and refuses what comes later", async () => {
    const { db, counters } = await openCounter();
    const running = db.transaction(async () => {
      await pause(10);
      await counters.update({ name: "c" }, { value: 1 });
    });
    await pause(1);
    await db.close();
    await running;
    const error = await failure(DatabaseClosedError, () => counters.count());
    expect(error.code).toBe("DATABASE_CLOSED");
  });

  it("cannot be closed from inside a transaction", async () => {
    const { db } = await openCounter();
    await failure(TransactionError, () => db.transaction(async () => db.close()));
  });

  it("wants a function as a transaction's callback", async () => {
    const { db } = await openCounter();
    const error = await failure(TransactionError, () => db.transaction("work" as never));
    expect(error.message).toContain("expected a function");
  });

  it("stays in each user's own rows when users work side by side", async () => {
    const db = await databases.open(documentModel);
    const { alice, bob } = await twoUsers(db);
    const documents = db.repository(Document);
    await Promise.all(Array.from({ length: 60 }, async (_, index) => {
      const owner = index % 2 === 0 ? alice : bob;
      const ctx = UserContext.forKey(User, owner.user_id);
      const work = async (): Promise<void> => {
        await documents.insert(ctx, { title: `${owner.info.name} ${index}` });
        for (const doc of await documents.find(ctx)) expect(doc.title.startsWith(owner.info.name)).toBe(true);
      };
      await (index % 3 === 0 ? db.transaction(work) : work());
    }));
    expect(await documents.count(UserContext.of(alice))).toBe(30);
    expect(await documents.count(UserContext.of(bob))).toBe(30);
  });
});

describe.each([["sqlite3", sqlite3], ["betterSqlite3", betterSqlite3]] as const)("a file that another process has locked [%s]", (_, driver) => {
  const holdLock = `
    const Sqlite = require("better-sqlite3");
    const db = new Sqlite(process.argv[1]);
    db.exec("begin immediate");
    process.stdout.write("locked");
    setTimeout(() => { db.exec("commit"); db.close(); }, Number(process.argv[2]));
  `;

  const folder = mkdtempSync(join(tmpdir(), "freehold-"));
  let files = 0;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function lockedFile(lockMs: number, busyTimeoutMs: number) {
    const file = join(folder, `${files += 1}.db`);
    const db = await Database.open({ driver: driver({ file, busyTimeoutMs }), entities: [Counter] });
    await db.schema.ensure();
    const other = spawn(process.execPath, ["-e", holdLock, file, String(lockMs)], { cwd: process.cwd(), stdio: ["ignore", "pipe", "inherit"] });
    await once(other.stdout, "data");
    return { db, end: async () => { other.kill(); await db.close(); } };
  }

  it("ends a write and a transaction in a retryable ConnectionError after the busy timeout, while reads go on", async () => {
    const { db, end } = await lockedFile(60_000, 200);
    const counters = db.repository(Counter);
    const write = await failure(ConnectionError, () => counters.insert({ name: "a", value: 1 }));
    expect(write.retryable).toBe(true);
    const transaction = await failure(ConnectionError, () => db.transaction(async () => counters.insert({ name: "a", value: 1 })));
    expect(transaction.retryable).toBe(true);
    expect(await counters.count()).toBe(0);
    await end();
  });

  it("goes on as soon as the lock is released", async () => {
    const { db, end } = await lockedFile(150, 20_000);
    await db.repository(Counter).insert({ name: "a", value: 1 });
    expect(await db.repository(Counter).count()).toBe(1);
    await end();
  });
});
