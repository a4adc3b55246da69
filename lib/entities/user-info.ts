/**
 * The base class of an application's own profile of a user, stored as JSON in {@link User.info}. Derive from
 * it and list the class in `Database.open({ jsonTypes })`, so that the profile comes back as that class.
 *
 * @example
 * class Profile extends UserInfo { name!: string; @IsEmail() email!: string; }
 */
export class UserInfo {}
