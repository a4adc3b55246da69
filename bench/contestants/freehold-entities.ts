import { IsBoolean, IsDate, IsInt, IsObject, IsString, Length, Max, Min } from "class-validator";
import { Column, Entity, ForeignKey, Json, ManyToOne, OneToMany, PrimaryKey, UserOwned, type OwnerId, type ToMany, type ToOne } from "freehold";

@Entity()
@UserOwned()
export class Doc {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() @IsString() @Length(1, 200) title!: string;
  @Column() @IsString() @Length(1, 10_000) body!: string;
  @Column({ type: "integer" }) @IsInt() @Min(1) @Max(5) rating!: number;
  @Column() @IsBoolean() done!: boolean;
  @Json() @IsObject() meta!: object;
  @Column() @IsDate() createdAt!: Date;
}

@Entity()
@UserOwned()
export class Project {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() name!: string;
  @OneToMany(() => Task, "projectId") tasks?: ToMany<Task>;
}

@Entity()
@UserOwned()
export class Task {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @ForeignKey("Project.id") projectId!: number;
  @Column() title!: string;
  @Column() done!: boolean;
  @ManyToOne(() => Project, "projectId") project?: ToOne<Project>;
}
