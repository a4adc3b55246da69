import { Column, Entity, ForeignKey, PrimaryKey, User, UserOwned, type OwnerId } from "freehold";

/** Refers to its own kind, by uuid. */
@Entity()
@UserOwned({ by: "userId" })
export class Node {
  @PrimaryKey() id!: string;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @ForeignKey("Node.id", { nullable: true, type: "uuid" }) parentId!: string | null;
  @Column() name!: string;
}

/** Keys that SQLite counts by itself: one more than the greatest there is. */
@Entity()
@UserOwned()
export class Leaf {
  @PrimaryKey({ autoIncrement: false }) id!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() name!: string;
}

export const treeModel = { entities: [User, Node, Leaf] };
