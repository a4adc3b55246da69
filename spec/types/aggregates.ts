import { gte, type Database, type UserContext } from "freehold";
import { Tag, Task } from "../support/tracker";

/** The result has what was asked for. */
export async function results(db: Database, ctx: UserContext): Promise<void> {
  const tasks = db.repository(Task);
  const all = await tasks.aggregate(ctx, { count: true, sum: ["effort"], avg: ["effort"], min: ["due", "title"], max: ["done"], countDistinct: ["title"] });
  const count: number = all.count;
  const sum: number | null = all.sum.effort;
  const mean: number | null = all.avg.effort;
  const due: Date | null = all.min.due;
  const title: string | null = all.min.title;
  const done: boolean | null = all.max.done;
  const titles: number = all.countDistinct.title;
  // @ts-expect-error not asked for
  void all.max.title;
  // @ts-expect-error a sum may be null
  const certain: number = all.sum.effort;
  const groups = await tasks.aggregate(ctx, { groupBy: ["projectId", { due: "month" }], count: true, having: { count: gte(2), sum: { effort: 3 } }, orderBy: { count: "desc" } });
  const project: number | null | undefined = groups[0]?.group.projectId;
  const month: string | null | undefined = groups[0]?.group.due;
  // @ts-expect-error no sum was asked for
  void groups[0]?.sum;
  // @ts-expect-error done is in no group
  void groups[0]?.group.done;
  void [count, sum, mean, due, title, done, titles, certain, project, month];
}

export async function requests(db: Database, ctx: UserContext): Promise<void> {
  const tasks = db.repository(Task);
  // @ts-expect-error a text has no sum
  await tasks.aggregate(ctx, { sum: ["title"] });
  // @ts-expect-error no such property
  await tasks.aggregate(ctx, { max: ["titel"] });
  // @ts-expect-error no such request
  await tasks.aggregate(ctx, { count: true, maximum: ["title"] });
  // @ts-expect-error a boolean has no month
  await tasks.aggregate(ctx, { groupBy: [{ done: "month" }], count: true });
  // @ts-expect-error no such part
  await tasks.aggregate(ctx, { groupBy: [{ due: "week" }], count: true });
  // @ts-expect-error a context comes first
  await tasks.aggregate({ count: true });
  // @ts-expect-error no such property in the condition
  await tasks.aggregate(ctx, { where: { titel: "x" }, count: true });
  const [rows, total] = await db.repository(Tag).findAndCount({ name: "x" }, { limit: 3 });
  const name: string | undefined = rows[0]?.name;
  const number: number = total;
  void [name, number];
}
