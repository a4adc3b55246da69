/** An entity without a constructor: what its fields are before they hold anything is the compiler's affair. */
export const fields = `
import { Column, Database, Entity, PrimaryKey, sqlite3 } from "freehold";

abstract class Base {
  @PrimaryKey({ type: "integer" }) id!: number;
  @Column({ type: "text", default: "open" }) state!: string;
}

@Entity()
class Task extends Base {
  declare state: "open" | "done";
  @Column({ type: "text", nullable: true }) note!: string | null;
}

export async function run(): Promise<string> {
  const db = await Database.open({ driver: sqlite3({ file: ":memory:" }), entities: [Task] });
  await db.schema.ensure();
  const tasks = db.repository(Task);
  const task = new Task();
  const defined = Object.hasOwn(task, "note");
  const stored = await tasks.save(task);
  const read = await tasks.findByIdOrFail(stored.id);
  await db.close();
  return JSON.stringify([defined, { ...stored }, { ...read }]);
}
`;

/** Two files that import each other; what the relation of the second is typed decides what the compiler emits. */
export function circular(type: "ToOne<Project>" | "Project"): Readonly<Record<string, string>> {
  return {
    "project.ts": `
import { Entity, OneToMany, PrimaryKey, type ToMany } from "freehold";
import { Task } from "./task.js";

@Entity()
export class Project {
  @PrimaryKey() id!: number;
  @OneToMany(() => Task, "projectId") tasks?: ToMany<Task>;
}
`,
    "task.ts": `
import { Entity, ForeignKey, ManyToOne, PrimaryKey, type ToOne } from "freehold";
import { Project } from "./project.js";

@Entity()
export class Task {
  @PrimaryKey() id!: number;
  @ForeignKey(() => [Project, "id"]) projectId!: number;
  @ManyToOne(() => Project) project?: ${type};
}
`,
    "main.ts": `
import { Database, sqlite3 } from "freehold";
import { Project } from "./project.js";
import { Task } from "./task.js";

const db = await Database.open({ driver: sqlite3({ file: ":memory:" }), entities: [Project, Task] });
console.log("opened");
await db.close();
`,
  };
}
