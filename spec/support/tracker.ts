import {
  Column, Entity, ForeignKey, ManyToMany, ManyToOne, OneToMany, OneToOne, PrimaryKey, Unique, User, UserOwnedEntity, type ToMany, type ToOne,
} from "freehold";
import { Profile } from "./documents";

/** Public, with a relation to a public entity, to owned ones, and to itself. */
@Entity()
export class Tag {
  @PrimaryKey() id!: number;
  @Column({ unique: true }) name!: string;
  @ForeignKey("Tag.id", { nullable: true }) parentId?: number | null;
  @ManyToOne(() => Tag, "parentId") parent?: ToOne<Tag>;
  @OneToMany(() => Tag, "parentId") children?: ToMany<Tag>;
  @ManyToMany(() => Task, { through: () => TaskTag }) tasks?: ToMany<Task>;
  @OneToMany(() => TaskTag) uses?: ToMany<TaskTag>;
  @OneToOne(() => Favourite, "tagId") favourite?: ToOne<Favourite>;
}

/** Owned, with an identity key. */
@Entity()
export class Project extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @Column() name!: string;
  @Column({ type: "integer", nullable: true }) rank?: number | null;
  @ForeignKey("Client.code", { nullable: true, onDelete: "SET NULL" }) clientCode?: string | null;
  @OneToMany(() => Task, "projectId") tasks?: ToMany<Task>;
  @ManyToOne(() => Client) client?: ToOne<Client>;
  @ManyToOne(() => User) owner?: ToOne<User>;
}

/** Owned, with a key that the caller chooses: one per owner. */
@Entity()
export class Client extends UserOwnedEntity {
  @PrimaryKey({ generate: "none" }) code!: string;
  @Column() name!: string;
  @OneToMany(() => Project) projects?: ToMany<Project>;
}

@Entity()
export class Task extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @Column() title!: string;
  @Column({ default: false }) done!: boolean;
  @Column({ type: "datetime", nullable: true }) due?: Date | null;
  @Column({ type: "integer", nullable: true }) effort?: number | null;
  @ForeignKey("Project.id", { nullable: true, onDelete: "SET NULL" }) projectId?: number | null;
  @ForeignKey("Task.id", { nullable: true, onDelete: "CASCADE" }) parentId?: number | null;
  @ManyToOne(() => Project) project?: ToOne<Project>;
  @ManyToOne(() => Task, "parentId") parent?: ToOne<Task>;
  @OneToMany(() => Task, "parentId") subtasks?: ToMany<Task>;
  @ManyToMany(() => Tag, { through: () => TaskTag }) tags?: ToMany<Tag>;
  @ManyToMany(() => Task, { through: () => Blocking, from: "blockedId", to: "blockerId" }) blockers?: ToMany<Task>;
  @ManyToMany(() => Task, { through: () => Blocking, from: "blockerId", to: "blockedId" }) blocked?: ToMany<Task>;
  @OneToOne(() => Note, "taskId") note?: ToOne<Note>;

  label(): string { return `${this.title}${this.done ? " (done)" : ""}`; }
}

/** One for each task, with a uuid key. */
@Entity()
export class Note extends UserOwnedEntity {
  @PrimaryKey() id!: string;
  @Column() text!: string;
  @ForeignKey("Task.id", { unique: true, onDelete: "CASCADE" }) taskId!: number;
  @OneToOne(() => Task, "taskId") task?: ToOne<Task>;
}

/** Between owned tasks and public tags. */
@Entity()
export class TaskTag extends UserOwnedEntity {
  @PrimaryKey({ generate: "none" }) @ForeignKey("Task.id", { onDelete: "CASCADE" }) taskId!: number;
  @PrimaryKey({ generate: "none" }) @ForeignKey("Tag.id") tagId!: number;
  @ManyToOne(() => Task) task?: ToOne<Task>;
  @ManyToOne(() => Tag) tag?: ToOne<Tag>;
}

/** One for each tag and owner: to the tag, whose it is depends on who asks. */
@Entity()
export class Favourite extends UserOwnedEntity {
  @PrimaryKey() id!: string;
  @ForeignKey("Tag.id", { unique: true }) tagId!: number;
  @Column() reason!: string;
}

/** Between tasks and tasks. */
@Entity()
@Unique("blockerId", "blockedId")
export class Blocking extends UserOwnedEntity {
  @PrimaryKey() id!: string;
  @ForeignKey("Task.id", { onDelete: "CASCADE" }) blockerId!: number;
  @ForeignKey("Task.id", { onDelete: "CASCADE" }) blockedId!: number;
}

export const trackerModel = { entities: [User, Tag, Client, Project, Task, Note, TaskTag, Favourite, Blocking], jsonTypes: [Profile] };
