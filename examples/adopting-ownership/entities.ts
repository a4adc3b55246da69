import { Column, Entity, ForeignKey, Index, PrimaryKey, UserOwned, type OwnerId } from "freehold";

@Entity()
export class Account {
  @PrimaryKey() accountId!: number;
  @Column({ unique: true, length: 200 }) email!: string;
  @Column() createdAt!: Date;
}

@Entity()
@UserOwned()
export class Project {
  @PrimaryKey() projectId!: number;
  @ForeignKey(() => [Account, "accountId"]) accountId!: OwnerId;
  @Column() name!: string;
}

@Entity()
@UserOwned()
@Index("title")
export class Task {
  @PrimaryKey() taskId!: number;
  @ForeignKey(() => [Account, "accountId"]) accountId!: OwnerId;
  @ForeignKey(() => [Project, "projectId"], { onDelete: "CASCADE" }) projectId!: number;
  @Column() title!: string;
  @Column({ default: false }) done!: boolean;
}

@Entity()
@UserOwned()
export class Attachment {
  @PrimaryKey() attachmentId!: number;
  @ForeignKey(() => [Account, "accountId"]) accountId!: OwnerId;
  @ForeignKey(() => [Task, "taskId"], { onDelete: "CASCADE" }) taskId!: number;
  @Column() fileName!: string;
}
