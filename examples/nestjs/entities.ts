import { Length } from "class-validator";
import { Column, CreatedAt, Entity, ForeignKey, PrimaryKey, UserInfo, UserOwned, type OwnerId } from "freehold";

/** What this application knows of its users. */
export class Profile extends UserInfo {
  @Length(1, 80) name!: string;
}

/** A note belongs to the user who wrote it. */
@Entity()
@UserOwned()
export class Note {
  @PrimaryKey() note_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() @Length(1, 200) title!: string;
  @Column({ default: "" }) text!: string;
  @CreatedAt() created_at!: Date;
}
