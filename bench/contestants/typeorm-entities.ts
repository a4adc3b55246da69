import type * as TypeOrm from "typeorm";

// TypeORM's own text for dates is not the one that the schema holds.
const isoDate = {
  to: (value: Date | undefined) => value?.toISOString(),
  from: (value: string) => new Date(value),
};

/** The entities by the decorators of the given TypeORM: two versions of it take part. */
export function defineEntities({ Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn }: typeof TypeOrm) {
  @Entity("doc")
  class Doc {
    @PrimaryGeneratedColumn() id!: number;
    @Column({ name: "user_id", type: "integer" }) userId!: number;
    @Column({ type: "text" }) title!: string;
    @Column({ type: "text" }) body!: string;
    @Column({ type: "integer" }) rating!: number;
    @Column({ type: "boolean" }) done!: boolean;
    @Column({ type: "simple-json" }) meta!: object;
    @Column({ name: "created_at", type: "text", transformer: isoDate }) createdAt!: Date;
  }

  @Entity("project")
  class Project {
    @PrimaryGeneratedColumn() id!: number;
    @Column({ name: "user_id", type: "integer" }) userId!: number;
    @Column({ type: "text" }) name!: string;
    @OneToMany(() => Task, "project") tasks!: object[];
  }

  @Entity("task")
  class Task {
    @PrimaryGeneratedColumn() id!: number;
    @Column({ name: "user_id", type: "integer" }) userId!: number;
    @Column({ name: "project_id", type: "integer" }) projectId!: number;
    @Column({ type: "text" }) title!: string;
    @Column({ type: "boolean" }) done!: boolean;
    @ManyToOne(() => Project, "tasks") @JoinColumn({ name: "project_id" }) project?: object;
  }

  return { Doc, Project, Task };
}
