import { recordProperty } from "../metadata/record-store";
import type { ManyToManyOptions, OneToOneOptions, RelationRecord, RelationTarget } from "../metadata/records";

type PropertyDecorator = (prototype: object, property: string) => void;

function relation(make: (property: string) => RelationRecord): PropertyDecorator {
  return (prototype, property) => recordProperty(prototype, Object.freeze(make(property)));
}

/**
 * The row that a foreign key of this class refers to. `by` names the key; it may be left out when only one refers to the target.
 *
 * @example
 * class Task {
 *   @ForeignKey(() => [Project, "projectId"]) projectId!: number;
 *   @ManyToOne(() => Project, "projectId") project?: ToOne<Project>;
 * }
 */
export function ManyToOne(target: RelationTarget, by?: string): PropertyDecorator {
  return relation((property) => ({ kind: "relation", relation: "manyToOne", property, target, by: by ?? null }));
}

/**
 * The rows of another class whose foreign key `by` refers to this one.
 *
 * @example
 * class Project { @OneToMany(() => Task, "projectId") tasks?: ToMany<Task>; }
 */
export function OneToMany(target: RelationTarget, by?: string): PropertyDecorator {
  return relation((property) => ({ kind: "relation", relation: "oneToMany", property, target, by: by ?? null }));
}

/**
 * The one row at the other end of a unique foreign key, which is on this class or on the target.
 *
 * @example
 * class Draft { @OneToOne(() => Note, "noteId") note?: ToOne<Note>; }
 * class Note { @OneToOne(() => Draft, "noteId", { on: "target" }) draft?: ToOne<Draft>; }
 */
export function OneToOne(target: RelationTarget, by?: string, options: OneToOneOptions = {}): PropertyDecorator {
  return relation((property) => ({ kind: "relation", relation: "oneToOne", property, target, by: by ?? null, options: Object.freeze({ ...options }) }));
}

/**
 * The rows of another class that rows of a third one, `through`, connect with this one.
 *
 * @example
 * class Task { @ManyToMany(() => Tag, { through: () => TaskTag }) tags?: ToMany<Tag>; }
 */
export function ManyToMany(target: RelationTarget, options: ManyToManyOptions): PropertyDecorator {
  return relation((property) => ({ kind: "relation", relation: "manyToMany", property, target, options: Object.freeze({ ...options }) }));
}
