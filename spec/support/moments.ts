import { Database, eq, gte, sqlite3 } from "freehold";
import { Sample } from "./samples";

/** A program of its own: writes moments and days, and prints what is stored, read and found, after its time zone's offset. */
async function main(): Promise<void> {
  console.log(new Date("2026-07-01T12:00:00.000Z").getTimezoneOffset());
  const db = await Database.open({ driver: sqlite3({ file: ":memory:" }), entities: [Sample], logger: () => undefined });
  await db.schema.ensure();
  const samples = db.repository(Sample);
  for (const text of ["0001-01-01T00:00:00.000Z", "2026-03-29T01:30:00.000Z", "2026-10-25T00:30:00.000Z", "9999-12-31T23:59:59.999Z"]) {
    const { id } = await samples.insert({ datetime: new Date(text), date: text.slice(0, 10) });
    const [raw] = await db.sql(db.system("a raw look"))`select datetime, date from sample where id = ${id}`.rows();
    const found = await samples.findByIdOrFail(id);
    console.log(JSON.stringify([raw, found.datetime, found.date]));
    console.log(await samples.count({ datetime: eq(new Date(text)), date: gte(text.slice(0, 10)) }));
  }
  await db.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
