import {
  Entity, PrimaryKey, SelfOwned, SystemOwned, type Context, type Database, type OwnedRepository, type OwnerId, type RepositoryFor, type SystemId,
} from "freehold";
import { Account, Complaint, Letter } from "../support/accounts";

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
declare function holds<T extends true>(): T;

export function whichRepository(): void {
  holds<Same<RepositoryFor<Account>, OwnedRepository<Account>>>();
  holds<Same<RepositoryFor<Complaint>, OwnedRepository<Complaint>>>();
}

export async function withoutContext(db: Database, ctx: Context): Promise<string | undefined> {
  // @ts-expect-error the context is missing
  await db.repository(Account).find();
  // @ts-expect-error the context is missing
  await db.repository(Complaint).count();
  // @ts-expect-error data stands in the context's place
  await db.repository(Complaint).insert({ words: "x", letter_id: 1 });
  await db.repository(Complaint).insert(ctx, { words: "x", letter_id: 1, complaint_id: 1 });
  await db.repository(Account).update(ctx, { account_id: 1 }, { email: "x" });
  const [letter] = await db.repository(Letter).find(ctx, {}, { with: { account: true } });
  return letter?.account?.email;
}

// @ts-expect-error the key is not typed OwnerId
@Entity() @SelfOwned()
export class Plain {
  @PrimaryKey() id!: number;
}

// @ts-expect-error the key is not typed SystemId
@Entity() @SystemOwned()
export class Plainer {
  @PrimaryKey() id!: number;
}

@Entity() @SelfOwned()
export class Self {
  @PrimaryKey({ generate: "uuid" }) id!: OwnerId<string>;
}

@Entity() @SystemOwned()
export class Sys {
  @PrimaryKey({ generate: "uuid" }) id!: SystemId<string>;
}
