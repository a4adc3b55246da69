import { CreatedAt } from "../decorators/kept";
import { Entity } from "../decorators/entity";
import { Json } from "../decorators/json";
import { PrimaryKey } from "../decorators/primary-key";
import { UserInfo } from "./user-info";

/**
 * The provided owner entity. It is public: whoever holds its repository can list users; an application that
 * wants otherwise declares an owner entity of its own.
 *
 * @typeParam I the application's profile class
 * @example
 * const alice = await db.repository(User<Profile>).insert({ info: Object.assign(new Profile(), { name: "Alice" }) });
 */
@Entity({ name: "User", table: "user" })
export class User<I extends UserInfo = UserInfo> {
  /** Counted by the database; `undefined` until the user is stored. */
  @PrimaryKey({ type: "integer" }) user_id!: number;
  @Json(() => UserInfo) info!: I;
  @CreatedAt() created_at!: Date;
}
