import { Column, Entity, ForeignKey, Index, Json, PrimaryKey, User, UserOwned, type OwnerId } from "freehold";

/** Owned documents; one place in them is indexed. */
@Entity()
@UserOwned()
@Index("data.a.b")
@Index("data.n", "label", { name: "ix_paper_n" })
export class Paper {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ default: "" }) label!: string;
  @Json(undefined, { nullable: true }) data!: unknown;
}

export const paperModel = { entities: [User, Paper] };
