import {
  Column, DeletedAt, Entity, ForeignKey, ManyToOne, OneToMany, PrimaryKey, SelfOwned, SystemOwned, UserContext, UserOwned, type Database, type OwnerId, type SystemId,
  type ToMany, type ToOne,
} from "freehold";

/** An owner entity of the application's own, whose rows belong to themselves. */
@Entity()
@SelfOwned()
export class Account {
  @PrimaryKey({ generate: "identity" }) account_id!: OwnerId;
  @Column({ unique: true }) email!: string;
  @Column({ default: 0 }) visits!: number;
  @DeletedAt() closed_at!: Date | null;
  @OneToMany(() => Letter) letters?: ToMany<Letter>;
}

@Entity()
@UserOwned()
export class Letter {
  @PrimaryKey() letter_id!: number;
  @ForeignKey("Account.account_id") account_id!: OwnerId;
  @Column() text!: string;
  @ManyToOne(() => Account) account?: ToOne<Account>;
  @OneToMany(() => Complaint) complaints?: ToMany<Complaint>;
}

/** The system's own, about rows of any owner. */
@Entity()
@SystemOwned()
export class Complaint {
  @PrimaryKey({ generate: "identity" }) complaint_id!: SystemId;
  @ForeignKey("Letter.letter_id", { onDelete: "CASCADE" }) letter_id!: number;
  @ForeignKey("Account.account_id", { nullable: true, type: "integer" }) by!: number | null;
  @Column() words!: string;
  @ManyToOne(() => Letter) letter?: ToOne<Letter>;
  @ManyToOne(() => Account, "by") complainer?: ToOne<Account>;
}

export const accountModel = { entities: [Account, Letter, Complaint] };

/** Two accounts with a letter each, and a complaint of the second about the first's. */
export async function accountRows(db: Database) {
  const system = db.system("spec");
  const [alice, bob] = await db.repository(Account).insertMany(system, [{ email: "alice@example.org" }, { email: "bob@example.org" }]) as unknown as [Account, Account];
  const [aliceCtx, bobCtx] = [UserContext.of(alice), UserContext.of(bob)];
  const hers = await db.repository(Letter).insert(aliceCtx, { text: "alice's" });
  const his = await db.repository(Letter).insert(bobCtx, { text: "bob's" });
  const complaint = await db.repository(Complaint).insert(system, { letter_id: hers.letter_id, by: bob.account_id, words: "rude" });
  return { system, alice, bob, aliceCtx, bobCtx, hers, his, complaint };
}
