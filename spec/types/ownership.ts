import {
  Column, Entity, ForeignKey, PrimaryKey, User, UserOwned, type Database, type OwnedRepository, type OwnerId, type Repository, type RepositoryFor,
} from "freehold";
import type { IsOwned, OwnerKeys, Unbranded } from "../../lib/metadata/owner-id";
import type { Country, Document, Draft, Invoice, Loose, Memo, Note, Profile } from "./entities";

/** Compiles only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
declare function holds<T extends true>(): T;

export function whatIsOwned(): void {
  holds<Same<IsOwned<Document>, true>>();
  holds<Same<IsOwned<Note>, true>>();
  holds<Same<IsOwned<Draft>, true>>();
  holds<Same<IsOwned<Memo>, true>>();
  holds<Same<IsOwned<Invoice>, true>>();
  holds<Same<IsOwned<Country>, false>>();
  holds<Same<IsOwned<User>, false>>();
  holds<Same<IsOwned<Loose>, false>>();
  holds<Same<IsOwned<{ readonly id: number; readonly user_id: number }>, false>>();
  // The helper itself must be able to fail.
  // @ts-expect-error a document is owned
  holds<Same<IsOwned<Document>, false>>();
  // @ts-expect-error a property typed `any` makes nobody an owner
  holds<Same<IsOwned<Loose>, true>>();
}

export function whichPropertyOwns(): void {
  holds<Same<OwnerKeys<Document>, "user_id">>();
  holds<Same<OwnerKeys<Draft>, "user_id">>();
  holds<Same<OwnerKeys<Memo>, "user_id">>();
  holds<Same<OwnerKeys<Invoice>, "account_id">>();
  holds<Same<OwnerKeys<Loose>, never>>();
}

export function whatCallersGive(): void {
  holds<Same<Unbranded<OwnerId>, number>>();
  holds<Same<Unbranded<OwnerId<string>>, string>>();
  holds<Same<Unbranded<OwnerId | null>, number | null>>();
  holds<Same<Unbranded<Date>, Date>>();
}

export function whichRepository(): void {
  holds<Same<RepositoryFor<Document>, OwnedRepository<Document>>>();
  holds<Same<RepositoryFor<Draft>, OwnedRepository<Draft>>>();
  holds<Same<RepositoryFor<Memo>, OwnedRepository<Memo>>>();
  holds<Same<RepositoryFor<Invoice>, OwnedRepository<Invoice>>>();
  holds<Same<RepositoryFor<Note>, OwnedRepository<Note>>>();
  holds<Same<RepositoryFor<Country>, Repository<Country>>>();
}

/** The brand reads as the plain key. */
export function ownersRead(document: Document, invoice: Invoice): readonly [number, string] {
  // @ts-expect-error a plain number is not an OwnerId: the framework writes it
  document.user_id = 1;
  // @ts-expect-error nor is a plain string
  invoice.account_id = "a";
  return [document.user_id, invoice.account_id];
}

export async function profilesAreTyped(db: Database): Promise<string> {
  const users = db.repository(User<Profile>);
  const [first] = await users.find({ user_id: 1 });
  holds<Same<typeof users, Repository<User<Profile>>>>();
  // @ts-expect-error a profile has no such property
  void first?.info.nickname;
  const plain = await db.repository(User).findById(1);
  // @ts-expect-error without the profile's type, info is a UserInfo
  void plain?.info.email;
  // @ts-expect-error info must be a Profile
  await users.insert({ info: { nickname: "x" } });
  return first?.info.email ?? "";
}

export function decorators(): void {
  @Entity()
  // @ts-expect-error no property typed OwnerId
  @UserOwned()
  class NoOwner {
    @PrimaryKey() id!: number;
    @ForeignKey("User.user_id") user_id!: number;
  }

  @Entity()
  // @ts-expect-error a property typed any is no OwnerId
  @UserOwned()
  class AnyOwner {
    @PrimaryKey() id!: number;
    @ForeignKey("User.user_id", { type: "integer" }) user_id!: ReturnType<typeof JSON.parse>;
  }

  @Entity()
  // @ts-expect-error `by` names a property that is no OwnerId
  @UserOwned({ by: "title" })
  class WrongBy {
    @PrimaryKey() id!: number;
    @ForeignKey("User.user_id") user_id!: OwnerId;
    @Column() title!: string;
  }

  @Entity()
  // @ts-expect-error `by` names nothing
  @UserOwned({ by: "owner" })
  class MissingBy {
    @PrimaryKey() id!: number;
    @ForeignKey("User.user_id") user_id!: OwnerId;
  }

  // @ts-expect-error an option that does not exist
  @UserOwned({ owner: "user_id" })
  class WrongOption {
    @ForeignKey("User.user_id") user_id!: OwnerId;
  }

  @Entity()
  @UserOwned({ by: "owner_id" })
  class TwoReferences {
    @PrimaryKey() id!: number;
    @ForeignKey("User.user_id") owner_id!: OwnerId;
    @ForeignKey("User.user_id") reviewer_id!: number;
  }

  void [NoOwner, AnyOwner, WrongBy, MissingBy, WrongOption, TwoReferences];
}
