import { ConnectionError, TransactionError } from "../../lib/errors/classes";
import type { TransactionOptions } from "../../lib/driver/transaction-options";
import type { TransactionSession } from "../../lib/driver/session";
import { addNote, counter, failure, gate, Harness, matrix, notes, read, setCounter, wait, write, type Opened } from "./sqlite-harness";

describe.each(matrix)("transactions: %s, %s", (name, place, driver) => {
  const harness = new Harness();
  let db: Opened;

  beforeEach(async () => { db = await harness.open(driver, place); });
  afterEach(async () => { await db.transactions.close(); });
  afterAll(() => harness.close());

  it("keeps 200 concurrent transactions apart that read, wait and write the same counter", async () => {
    await Promise.all(Array.from({ length: 200 }, (_, index) => db.transactions.run(async () => {
      const value = await counter(db.transactions.current());
      if (index % 3 !== 0) await wait(index % 2);
      await setCounter(db.transactions.current(), value + 1);
    })));
    expect(await counter(db.pooled)).toBe(200);
  });

  it("leaves nothing of a failing one and rethrows its error unchanged", async () => {
    const mine = new Error("mine");
    expect(await failure(db.transactions.run(async (tx) => {
      await addNote(tx, "gone");
      throw mine;
    }))).toBe(mine);
    expect(await notes(db.pooled)).toEqual([]);
  });

  it("does not roll back what was sent outside while a transaction was open", async () => {
    const begun = gate();
    const go = gate();
    const failing = failure(db.transactions.run(async (tx) => {
      await addNote(tx, "inside");
      begun.open();
      await go.opened;
      throw new Error("roll back");
    }));
    await begun.opened;
    const outside = addNote(db.transactions.current(), "outside");
    go.open();
    await Promise.all([failing, outside]);
    expect(await notes(db.pooled)).toEqual(["outside"]);
  });

  it("passes the engine's own errors through and goes on after them", async () => {
    await db.transactions.run(async (tx) => {
      await addNote(tx, "a");
      expect(await failure(addNote(tx, "a"))).toMatchObject({ code: expect.stringMatching(/^SQLITE_CONSTRAINT/) });
      await addNote(tx, "b");
    });
    expect(await notes(db.pooled)).toEqual(["a", "b"]);
  });

  it("queues sibling savepoints, and the parent's own statements behind an open child", async () => {
    await db.transactions.run(async (tx) => {
      const child = (text: string, fail: boolean) => db.transactions.run(async (inner) => {
        await addNote(inner, `${text}1`);
        await wait(1);
        await addNote(inner, `${text}2`);
        if (fail) throw new Error(text);
      });
      const settled = await Promise.allSettled([child("a", false), child("b", true), addNote(tx, "parent"), child("c", false)]);
      expect(settled.map((one) => one.status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    });
    expect(await notes(db.pooled)).toEqual(["a1", "a2", "parent", "c1", "c2"]);
  });

  it("runs a statement of an outer session in the nested transaction from which it was sent", async () => {
    await db.transactions.run(async (outer) => {
      await failure(db.transactions.run(async (middle) => {
        await db.transactions.run(async () => {
          await addNote(outer, "by outer");
          await addNote(middle, "by middle");
        });
        throw new Error("roll back the middle");
      }));
      await addNote(outer, "kept");
    });
    expect(await notes(db.pooled)).toEqual(["kept"]);
  });

  it("refuses every use after the end", async () => {
    let leaked: TransactionSession | undefined;
    const late = gate();
    let straggler: Promise<unknown> | undefined;
    let stragglingRun: Promise<unknown> | undefined;
    await db.transactions.run(async (tx) => {
      leaked = tx;
      straggler = failure(late.opened.then(() => addNote(db.transactions.current(), "late")));
      stragglingRun = failure(late.opened.then(() => db.transactions.run(async () => undefined)));
      expect(db.transactions.isInside()).toBe(true);
    });
    late.open();
    expect(await straggler).toBeInstanceOf(TransactionError);
    expect(await stragglingRun).toBeInstanceOf(TransactionError);
    expect(await failure(addNote(leaked!, "late"))).toBeInstanceOf(TransactionError);
    expect(await failure(leaked!.script("DELETE FROM note"))).toBeInstanceOf(TransactionError);
    expect(db.transactions.isInside()).toBe(false);
    expect(await notes(db.pooled)).toEqual([]);
  });

  it("refuses a straggler of a nested transaction even while the outer one is open", async () => {
    await db.transactions.run(async () => {
      const late = gate();
      let straggler: Promise<unknown> | undefined;
      await db.transactions.run(async () => {
        straggler = failure(late.opened.then(() => addNote(db.transactions.current(), "late")));
      });
      late.open();
      expect(await straggler).toBeInstanceOf(TransactionError);
      expect(db.transactions.isInside()).toBe(true);
    });
  });

  it("waits for un-awaited statements and nested transactions before it commits", async () => {
    await db.transactions.run(async (tx) => {
      void addNote(tx, "one");
      void db.transactions.run(async (inner) => {
        await wait(1);
        await addNote(inner, "two");
      });
      void addNote(tx, "three");
    });
    expect(await notes(db.pooled)).toEqual(["one", "two", "three"]);
  });

  it("rolls back after timeoutMs even if the callback never settles", async () => {
    let leaked: TransactionSession | undefined;
    let innerEnd: Promise<unknown> | undefined;
    const error = await failure(db.transactions.run(async (tx) => {
      leaked = tx;
      await addNote(tx, "gone");
      innerEnd = failure(db.transactions.run(() => new Promise<never>(() => undefined)));
      await innerEnd;
      await new Promise<never>(() => undefined);
    }, { timeoutMs: 30 }));
    expect(error).toBeInstanceOf(TransactionError);
    expect((error as Error).message).toContain("30 ms");
    expect(await innerEnd).toBeInstanceOf(TransactionError);
    expect(await failure(addNote(leaked!, "late"))).toBeInstanceOf(TransactionError);
    expect(await notes(db.pooled)).toEqual([]);
  });

  it("times out a nested transaction alone", async () => {
    await db.transactions.run(async (tx) => {
      await addNote(tx, "before");
      const nested = db.transactions.run(async (inner) => {
        await addNote(inner, "gone");
        await new Promise<never>(() => undefined);
      }, { timeoutMs: 20 });
      expect(await failure(nested)).toBeInstanceOf(TransactionError);
      await addNote(tx, "after");
    });
    expect(await notes(db.pooled)).toEqual(["before", "after"]);
  });

  it("rolls back and rejects with the signal's reason on abort", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    expect(await failure(db.transactions.run(async (tx) => {
      await addNote(tx, "gone");
      controller.abort(reason);
      await new Promise<never>(() => undefined);
    }, { signal: controller.signal }))).toBe(reason);
    expect(await notes(db.pooled)).toEqual([]);
  });

  it("runs the callback again after retryable errors, and only after those", async () => {
    let runs = 0;
    await db.transactions.run(async (tx) => {
      runs++;
      await addNote(tx, `run ${runs}`);
      if (runs < 3) throw new ConnectionError("try again", { retryable: true });
    }, { retries: 2 });
    expect(await notes(db.pooled)).toEqual(["run 3"]);
    runs = 0;
    await failure(db.transactions.run(async () => { runs++; throw new ConnectionError("no", { retryable: false }); }, { retries: 2 }));
    expect(runs).toBe(1);
    await failure(db.transactions.run(async () => { runs++; throw new TransactionError("again", { retryable: true }); }, { retries: 2 }));
    expect(runs).toBe(4);
  });

  it("refuses writes in a read-only transaction before SQL", async () => {
    await db.transactions.run(async (tx) => {
      expect(tx.readOnly).toBe(true);
      expect(await counter(tx)).toBe(0);
      expect(await failure(setCounter(tx, 1))).toBeInstanceOf(TransactionError);
      expect(await failure(tx.script("DELETE FROM counter"))).toBeInstanceOf(TransactionError);
      expect(await failure(db.transactions.run(async () => undefined, { readOnly: false }))).toBeInstanceOf(TransactionError);
      await db.transactions.run(async (inner) => {
        expect(inner.readOnly).toBe(true);
        expect(await failure(setCounter(inner, 1))).toBeInstanceOf(TransactionError);
      });
    }, { readOnly: true });
    await db.transactions.run(async (tx) => {
      await db.transactions.run(async (inner) => {
        expect(await failure(setCounter(inner, 1))).toBeInstanceOf(TransactionError);
      }, { readOnly: true });
      await setCounter(tx, 2);
    });
    expect(await counter(db.pooled)).toBe(2);
  });

  it("accepts the four isolation levels and names them for any other", async () => {
    for (const isolation of ["read uncommitted", "read committed", "repeatable read", "serializable"] as const) {
      expect(await db.transactions.run(counter, { isolation })).toBe(0);
    }
    const bad = (options: unknown) => failure(db.transactions.run(async () => undefined, options as TransactionOptions));
    expect(await bad({ isolation: "snapshot" })).toMatchObject({ code: "TRANSACTION_ERROR", message: expect.stringContaining('"repeatable read"') });
    for (const options of [{ timeoutMs: 0 }, { timeoutMs: 1.5 }, { retries: -1 }, { readOnly: "yes" }, { signal: 1 }, { isolationLevel: "x" }]) {
      expect(await bad(options)).toBeInstanceOf(TransactionError);
    }
  });

  it("notices that the engine has rolled the whole transaction back, and writes nothing outside of it", async () => {
    const error = await failure(db.transactions.run(async (tx) => {
      await addNote(tx, "a");
      await failure(tx.execute(write("INSERT OR ROLLBACK INTO note (text) VALUES ('a')"), []));
      await addNote(tx, "outside of any transaction");
    }));
    expect(error).toBeInstanceOf(TransactionError);
    expect((error as Error).cause).toMatchObject({ code: expect.stringMatching(/^SQLITE_CONSTRAINT/) });
    expect(await failure(db.transactions.run(async (tx) => {
      await addNote(tx, "b");
      await failure(tx.execute(write("INSERT OR ROLLBACK INTO note (text) VALUES ('b')"), []));
    }))).toBeInstanceOf(TransactionError);
    await db.transactions.run((tx) => addNote(tx, "c"));
    expect(await notes(db.pooled)).toEqual(["c"]);
  });

  it("rolls back when COMMIT fails", async () => {
    await db.pooled.script("CREATE TABLE child (note_id INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)");
    expect(await failure(db.transactions.run(async (tx) => {
      await tx.execute(write("INSERT INTO child VALUES (99)"), []);
    }))).toMatchObject({ code: "FOREIGN_KEY_VIOLATION", cause: { code: expect.stringMatching(/^SQLITE_CONSTRAINT/) } });
    expect((await db.pooled.execute(read("SELECT note_id FROM child"), [])).rows).toEqual([]);
    await db.transactions.run((tx) => addNote(tx, "fine"));
  });

  it("gives the writing connection away alone, with transactions on it inside", async () => {
    await db.pooled.script("CREATE TABLE child (note_id INTEGER REFERENCES note (id))");
    await db.transactions.exclusive(async (session) => {
      expect(session.transaction).toBe(false);
      await session.script("PRAGMA foreign_keys = OFF");
      await db.transactions.run((tx) => tx.execute(write("INSERT INTO child VALUES (99)"), []));
      await failure(db.transactions.run(async (tx) => { await addNote(tx, "gone"); throw new Error("roll back"); }));
      await session.script("PRAGMA foreign_keys = ON");
    });
    expect(await notes(db.pooled)).toEqual([]);
    // After an error the connection comes back in its first state.
    await failure(db.transactions.exclusive(async (session) => {
      await session.script("PRAGMA foreign_keys = OFF");
      await session.script("BEGIN");
      await addNote(session, "gone");
      throw new Error("stop");
    }));
    expect(await notes(db.pooled)).toEqual([]);
    expect(await failure(db.pooled.execute(write("INSERT INTO child VALUES (98)"), []))).toMatchObject({ code: expect.stringMatching(/CONSTRAINT/) });
    expect(await failure(db.transactions.run(() => db.transactions.exclusive(async () => undefined)))).toBeInstanceOf(TransactionError);
  });

  it("ends a call that waits for its own transaction in a helpful error", async () => {
    const other = await harness.open(driver, place, { acquireTimeoutMs: 50 });
    const error = await failure(other.transactions.run(() => addNote(other.pooled, "never")));
    expect(error).toMatchObject({ code: "CONNECTION_ERROR", retryable: true, message: expect.stringContaining("did not join") });
    expect(await notes(other.pooled)).toEqual([]);
  });

  it("keeps two databases of one process apart", async () => {
    const other = await harness.open(driver, place);
    await db.transactions.run(async (tx) => {
      expect(other.transactions.isInside()).toBe(false);
      await addNote(tx, `${name} here`);
      await addNote(other.transactions.current(), "there");
    });
    expect(await notes(other.pooled)).toEqual(["there"]);
  });
});
