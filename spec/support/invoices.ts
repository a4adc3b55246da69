import {
  Column, Entity, ForeignKey, ManyToOne, OneToMany, PrimaryKey, User, UserOwned, type OwnerId, type ToMany, type ToOne,
} from "freehold";
import { Profile } from "./documents";

/** Counted for each owner, with references to its own kind. */
@Entity()
@UserOwned()
export class Invoice {
  @PrimaryKey({ generate: "perOwner" }) no!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() title!: string;
  @Column({ type: "text", nullable: true, unique: true }) slug!: string | null;
  @ForeignKey("Invoice.no", { nullable: true, onDelete: "SET NULL" }) before!: number | null;
  @OneToMany(() => Line) lines?: ToMany<Line>;
  @ManyToOne(() => Invoice, "before") previous?: ToOne<Invoice>;
}

@Entity()
@UserOwned()
export class Line {
  @PrimaryKey({ generate: "perOwner" }) id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Invoice.no", { onDelete: "CASCADE" }) invoice!: number;
  @Column() text!: string;
  @ManyToOne(() => Invoice, "invoice") of?: ToOne<Invoice>;
}

export const invoiceModel = { entities: [User, Invoice, Line], jsonTypes: [Profile] };
