import { Column, Entity, ForeignKey, PrimaryKey, UserOwned, type OwnerId } from "freehold";

/** Rows that lie together by owner. */
@Entity()
@UserOwned()
export class Entry {
  @PrimaryKey({ generate: "perOwner" }) id!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column({ type: "integer" }) rating!: number;
  @Column() body!: string;
  @Column() createdAt!: Date;
}
