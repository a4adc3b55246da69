import { IsEmail, Length } from "class-validator";
import {
  Column, Entity, ForeignKey, PrimaryKey, User, UserContext, UserInfo, UserOwned, type Database, type OwnerId,
} from "freehold";

/** The application's own profile, as the quickstart has it. */
export class Profile extends UserInfo {
  name!: string;
  @IsEmail() email!: string;
}

@Entity()
@UserOwned()
export class Document {
  @PrimaryKey() doc_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() @Length(1, 200) title!: string;
}

/** What `Database.open` needs for users with profiles and their documents. */
export const documentModel = { entities: [User, Document], jsonTypes: [Profile] };

export function profile(name: string): Profile {
  return Object.assign(new Profile(), { name, email: `${name.toLowerCase()}@example.org` });
}

/** Two stored users and their contexts. */
export async function twoUsers(db: Database) {
  const users = db.repository(User<Profile>);
  const alice = await users.insert({ info: profile("Alice") });
  const bob = await users.insert({ info: profile("Bob") });
  return { alice, bob, aliceCtx: UserContext.of(alice), bobCtx: UserContext.of(bob) };
}
