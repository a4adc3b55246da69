import { onEveryPostgres } from "../support/databases";
import { written } from "./hand-written";
import { reports, withBobsRows } from "./21-hand-written-sql.spec";
import { world } from "./world";
onEveryPostgres("scratch", (databases) => {
  it("x", async () => {
    const w = await withBobsRows(await world(databases));
    for (const [text, rows] of reports) {
      const got = await Promise.resolve().then(() => written(w.db, w.bobCtx, text).rows()).catch((e: Error) => e.message);
      if (JSON.stringify(got) !== JSON.stringify(rows)) console.log(text, "\n", JSON.stringify(got), JSON.stringify(rows));
    }
  });
});
