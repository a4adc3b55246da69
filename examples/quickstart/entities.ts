import { IsEmail, Length } from "class-validator";
import { Column, CreatedAt, Entity, ForeignKey, PrimaryKey, UserInfo, UserOwned, type OwnerId } from "freehold";

/** What this application knows of its users; stored as JSON with each of them. */
export class Profile extends UserInfo {
  @Length(1, 80) name!: string;
  @IsEmail() email!: string;
}

/** A document belongs to the user whose key is in `user_id`. */
@Entity()
@UserOwned()
export class Document {
  @PrimaryKey() doc_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() @Length(1, 200) title!: string;
  @Column({ type: "text", nullable: true }) body!: string | null;
  @CreatedAt() created_at!: Date;
}
