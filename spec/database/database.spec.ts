import {
  and, betterSqlite3, ConnectionError, Database, DatabaseClosedError, ModelError, sqlite3, TransactionError, UniqueViolationError, User,
  type DatabaseOptions, type Transaction,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { documentModel, twoUsers } from "../support/documents";
import { Country, Handle, Note, plannerModel, Setting, Tag } from "../support/planner";

/** A promise and its key. */
function gate<T = void>(): { readonly opened: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => { open = resolve; });
  return { opened, open: (value) => open(value) };
}

describe("Database.open", () => {
  it("refuses options that it cannot use, by name", async () => {
    const driver = sqlite3({ file: ":memory:" });
    const odd: readonly (readonly [options: unknown, message: string])[] = [
      [undefined, "options"], [null, "options"], ["app.db", "options"], [{ entities: [] }, "driver"], [{ driver: "sqlite3", entities: [] }, "driver"],
      [{ driver: {}, entities: [] }, "driver"], [{ driver }, "entities"], [{ driver, entities: User }, "entities"],
      [{ driver, entities: [User], loger: () => undefined }, '"loger"'], [{ driver, entities: [User], url: "x" }, "its options are driver, entities"],
    ];
    for (const [options, message] of odd) {
      const error = await failure(ConnectionError, () => Database.open(options as DatabaseOptions));
      expect(error.message).toContain(message);
      expect(error).toMatchObject({ code: "CONNECTION_ERROR", retryable: false });
    }
  });

  it("checks the whole model before it opens anything", async () => {
    class NoEntity {}
    const opened = jest.fn();
    const driver = { ...sqlite3({ file: ":memory:" }), open: opened };
    const error = await failure(ModelError, () => Database.open({ driver, entities: [NoEntity] }));
    expect(error.faults[0]).toMatchObject({ entity: "NoEntity" });
    expect(opened).not.toHaveBeenCalled();
  });

  it.each([["sqlite3", sqlite3], ["betterSqlite3", betterSqlite3]] as const)("refuses options that %s cannot use", async (name, driver) => {
    for (const options of [undefined, {}, { file: 5 }, { file: "file:app.db" }, { file: "a", readers: 0 }, { file: "a", path: "b" },
      { file: "a", busyTimeoutMs: -1 }, { file: "a", pragmas: { foreign_keys: false } }]) {
      const error = await failure(ConnectionError, () => driver(options as never));
      expect(error.message).toContain(name);
    }
    const nowhere = await failure(ConnectionError, () => Database.open({ driver: driver({ file: "/nowhere/at/all/app.db" }), entities: [User] }));
    expect(nowhere.message).toContain("/nowhere/at/all/app.db");
  });
});

/** SQLite has one writer at a time; PostgreSQL has many, and keeps what they read and write apart when it is asked to. */
const APART = { sqlite: {}, postgres: { isolation: "serializable", retries: 100 } } as const;

onEveryEngine("a database", (databases) => {
  let db: Database;

  beforeEach(async () => { db = await databases.open(plannerModel); });

  const labels = async (): Promise<string> => (await db.repository(Tag).find()).map((tag) => tag.label).join(" ");

  it("gives repositories of its own entities alone", async () => {
    class Stranger { id!: number; }
    await failure(ModelError, () => db.repository(Stranger));
    await failure(ModelError, () => db.repository("Tag" as never));
    const other = await databases.open(documentModel);
    await failure(ModelError, () => other.repository(Tag));
    await twoUsers(other);
    expect([await other.repository(User).count(), await db.repository(User).count()]).toEqual([2, 0]);
  });

  it("commits what a callback did when it resolves, and gives its result", async () => {
    const result = await db.transaction(async (tx) => {
      await db.repository(Tag).insert({ label: "joined" });
      await tx.repository(Tag).insert({ label: "explicit" });
      expect(await labels()).toBe("joined explicit");
      return 42;
    });
    expect(result).toBe(42);
    expect(await labels()).toBe("joined explicit");
  });

  it("rolls everything back when it throws, and rethrows the error unchanged", async () => {
    const mine = new Error("mine");
    const { aliceCtx } = await twoUsers(db);
    const notes = db.repository(Note);
    const work = async (tx: Transaction): Promise<void> => {
      await db.repository(Tag).insert({ label: "a" });
      await tx.repository(Note).insert(aliceCtx, { text: "b" });
      await Promise.all([notes.insertMany(aliceCtx, [{ text: "c" }, { text: "d" }]), db.repository(Setting).upsert(aliceCtx, { key: "k", value: "v" }, { on: ["key"] })]);
      expect(await notes.count(aliceCtx)).toBe(3);
      throw mine;
    };
    expect(await failure(Error, () => db.transaction(work))).toBe(mine);
    expect([await labels(), await notes.count(aliceCtx), await db.repository(Setting).count(aliceCtx)]).toEqual(["", 0, 0]);
  });

  it("goes on after a failing statement that the callback catches", async () => {
    const transaction = db.transaction(async () => {
      await db.repository(Tag).insert({ label: "a" });
      await failure(UniqueViolationError, () => db.repository(Tag).insert({ label: "a" }));
      await db.repository(Tag).insert({ label: "b" });
    });
    if (databases.dialect === "sqlite") {
      await transaction;
    } else {
      // PostgreSQL runs nothing further in a transaction of which a statement has failed; a savepoint is what can fail alone.
      expect((await failure(TransactionError, () => transaction)).message).toContain("savepoint");
      expect(await labels()).toBe("");
      await db.transaction(async () => {
        await db.repository(Tag).insert({ label: "a" });
        await failure(UniqueViolationError, () => db.transaction(() => db.repository(Tag).insert({ label: "a" })));
        await db.repository(Tag).insert({ label: "b" });
      });
    }
    expect(await labels()).toBe("a b");
  });

  it("makes a nested call a savepoint", async () => {
    await db.transaction(async () => {
      await db.repository(Tag).insert({ label: "outer" });
      await failure(Error, () => db.transaction(async (inner) => {
        await inner.repository(Tag).insert({ label: "undone" });
        await db.transaction(async () => db.repository(Tag).insert({ label: "undone too" }));
        throw new Error("only the inner one");
      }));
      await db.transaction(async () => db.repository(Tag).insert({ label: "kept" }));
    });
    expect(await labels()).toBe("outer kept");
    await failure(Error, () => db.transaction(async () => {
      await db.transaction(async () => db.repository(Tag).insert({ label: "gone with the outer one" }));
      throw new Error("the outer one");
    }));
    expect(await labels()).toBe("outer kept");
  });

  it("undoes an insertMany that fails, and nothing else, inside a transaction", async () => {
    const { aliceCtx, bobCtx } = await twoUsers(db);
    const handles = db.repository(Handle);
    await handles.insert(bobCtx, { handle: "taken" });
    const list = [...Array.from({ length: 1_200 }, (_, index) => ({ handle: `h${index}` })), { handle: "taken" }];
    await db.transaction(async (tx) => {
      await handles.insert(aliceCtx, { handle: "before" });
      await failure(UniqueViolationError, () => handles.insertMany(aliceCtx, list));
      await failure(UniqueViolationError, () => tx.repository(Handle).insertMany(aliceCtx, list));
      await failure(UniqueViolationError, () => tx.repository(Handle).saveMany(aliceCtx, [{ handle: "x" }, { handle: "taken" }]));
      await handles.insert(aliceCtx, { handle: "after" });
    });
    expect((await handles.find(aliceCtx)).map((row) => row.handle)).toEqual(["before", "after"]);
  });

  it("lets code outside of the callback join by tx.repository(), in several statements too", async () => {
    const { aliceCtx, bobCtx } = await twoUsers(db);
    await db.repository(Handle).insert(bobCtx, { handle: "taken" });
    for (const outcome of ["commit", "roll back"] as const) {
      const handed = gate<Transaction>();
      const done = gate();
      // Begun before the transaction, so its asynchronous context is not the callback's.
      const outside = handed.opened.then(async (tx) => {
        const handles = tx.repository(Handle).as(aliceCtx);
        const rows = Array.from({ length: 1_200 }, (_, index) => ({ handle: `${outcome} ${index}` }));
        await handles.insertMany(rows);
        await failure(UniqueViolationError, () => handles.insertMany([...rows.map(({ handle }) => ({ handle: `again ${handle}` })), { handle: "taken" }]));
        await handles.saveMany([{ handle: `saved, ${outcome}` }]);
        expect(await handles.count()).toBe(outcome === "commit" ? 1_201 : 2_402);
        done.open();
      });
      const transaction = db.transaction(async (tx) => {
        handed.open(tx);
        await done.opened;
        if (outcome === "roll back") throw new Error("rolled back");
      });
      if (outcome === "commit") await transaction;
      else await failure(Error, () => transaction);
      await outside;
      expect(await db.repository(Handle).count(aliceCtx)).toBe(1_201);
    }
  });

  it("does not take what is sent outside into an open transaction", async () => {
    const begun = gate();
    const go = gate();
    const failing = failure(Error, () => db.transaction(async () => {
      await db.repository(Tag).insert({ label: "inside" });
      begun.open();
      await go.opened;
      throw new Error("rolled back");
    }));
    await begun.opened;
    const outside = db.repository(Tag).insert({ label: "outside" });
    go.open();
    await Promise.all([failing, outside]);
    expect(await labels()).toBe("outside");
  });

  it("keeps concurrent transactions apart", async () => {
    const counter = await db.repository(Country).insert({ code: "N", name: "counter", area: 0 });
    await Promise.all(Array.from({ length: 40 }, () => db.transaction(async () => {
      const { area } = await db.repository(Country).findByIdOrFail(counter.code);
      await new Promise((resolve) => setImmediate(resolve));
      await db.repository(Country).update({ code: counter.code }, { area: (area ?? 0) + 1 });
    }, APART[databases.dialect])));
    expect(await db.repository(Country).findById("N")).toMatchObject({ area: 40 });
  });

  it("refuses every use of a transaction after its end", async () => {
    const { aliceCtx } = await twoUsers(db);
    const left: { tx?: Transaction } = {};
    const late = gate();
    const running: Promise<unknown>[] = [];
    await db.transaction(async (tx) => {
      left.tx = tx;
      running.push(failure(TransactionError, async () => {
        await late.opened;
        await db.repository(Tag).insert({ label: "late" });
      }));
    });
    late.open();
    await Promise.all(running);
    const { tx } = left;
    if (tx === undefined) throw new Error("no transaction");
    for (const work of [
      () => tx.repository(Tag).find(), () => tx.repository(Tag).insert({ label: "x" }), () => tx.repository(Note).find(aliceCtx),
      () => tx.repository(Tag).saveMany([{ label: "x" }]), () => tx.repository(Tag).delete(and({ label: "x" })),
    ]) {
      expect(await failure(TransactionError, work)).toMatchObject({ code: "TRANSACTION_ERROR", retryable: false });
    }
    expect(await labels()).toBe("");
  });

  it("takes options of transactions, and refuses others", async () => {
    await failure(TransactionError, () => db.transaction(async () => db.repository(Tag).insert({ label: "x" }), { readOnly: true }));
    expect(await db.transaction(async () => db.repository(Tag).count(), { readOnly: true })).toBe(0);
    for (const options of [{ isolation: "snapshot" }, { timeoutMs: 0 }, { retries: -1 }, { readonly: true }, { readOnly: 1 }]) {
      await failure(TransactionError, () => db.transaction(async () => 1, options as never));
    }
    const reason = new Error("too late");
    expect(await failure(Error, () => db.transaction(async () => 1, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it("waits for running work when it closes, and refuses what comes later", async () => {
    const begun = gate();
    const go = gate();
    const running = db.transaction(async () => {
      begun.open();
      await go.opened;
      await db.repository(Tag).insert({ label: "x" });
      return labels();
    });
    await begun.opened;
    const closing = db.close();
    await failure(DatabaseClosedError, () => db.repository(Tag).find());
    await failure(DatabaseClosedError, () => db.transaction(async () => 1));
    go.open();
    expect(await running).toBe("x");
    await closing;
    await db.close();
    await failure(DatabaseClosedError, () => db.repository(Tag).insert({ label: "y" }));
  });

  it("refuses to close inside its own transaction, and stays open", async () => {
    await db.transaction(async () => {
      await failure(TransactionError, () => db.close());
      await db.repository(Tag).insert({ label: "still open" });
    });
    expect(await labels()).toBe("still open");
  });

  it("keeps the transactions of two databases apart", async () => {
    const other = await databases.open(plannerModel);
    await failure(Error, () => db.transaction(async () => {
      await db.repository(Tag).insert({ label: "mine" });
      await other.repository(Tag).insert({ label: "other's" });
      throw new Error("only mine");
    }));
    expect([await db.repository(Tag).count(), await other.repository(Tag).count()]).toEqual([0, 1]);
  });
});
