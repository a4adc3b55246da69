import { all, and, jsonPath, type Context, type Database, type Repository, type Where } from "freehold";
import { LongMemo, Memo, ShortMemo } from "./program-model";
import type { Row, Step } from "./programs";

/** Deleted rows, alternative keys, places in JSON, kinds of rows. */
export const KEPT_METHODS: readonly string[] = ["restore", "hard", "withDeleted", "altKey", "resolve", "altKeysOf", "json", "kinds"];

interface Keeping {
  readonly db: Database;
  readonly context: Context;
  readonly owner: number;
  readonly rows: Repository<Row>;
  readonly kind: string;
  readonly where: Where<Row>;
  readonly keyName: string;
}

const named = (index: number): string => ["a", "b", "c", "d"][index] ?? "a";

export async function keep({ db, context, owner, rows, kind, where, keyName }: Keeping, at: Step): Promise<unknown> {
  const values = { ...(kind === "item" ? { box_id: { name: named(at.size) } } : {}), name: named(at.name), ...(at.owner === 1 ? { user_id: owner } : {}) } as never;
  switch (at.method) {
    case "restore": return at.flag ? rows.restore(where) : rows.restore(where, { returning: true });
    case "hard": return rows.delete(and<Row>(where, { size: at.size }), { hard: true });
    case "withDeleted": return [await rows.find(where, { withDeleted: true }), await rows.count(where, { withDeleted: true }), await rows.exists(where, { withDeleted: at.flag })];
    case "altKey": return rows.findByAltKey(values, at.flag ? { withDeleted: true } : {});
    case "resolve": return { [keyName]: await rows.resolveAltKey(values) };
    case "altKeysOf": return rows.altKeysOf(await rows.find(where));
    case "json": return db.repository(Memo).find(context, at.flag ? { data: jsonPath("n", at.size) } : { data: jsonPath(["by"], at.name), name: named(at.name) });
    default: {
      const memos = db.repository((at.flag ? ShortMemo : LongMemo) as typeof ShortMemo);
      if (at.size === 3) return memos.delete(context, all);
      return at.size === 2 ? memos.update(context, { name: named(at.name) }, { size: at.size }) : memos.find(context, { size: at.size });
    }
  }
}
