import {
  IsEmail, IsOptional, IsString, Length, Max, MaxLength, Min, Validate, ValidateNested, ValidatorConstraint, type ValidatorConstraintInterface,
} from "class-validator";
import {
  Column, CreatedAt, Entity, Enum, ForeignKey, Json, PrimaryKey, Unique, User, UserOwned, UserOwnedEntity, type OwnerId,
} from "freehold";
import { Profile } from "./documents";

/** Un-owned, with a key of its own kind, and referenced by owned rows. */
@Entity()
export class Country {
  @PrimaryKey({ generate: "none" }) code!: string;
  @Column() @Length(1, 40) name!: string;
  @Column({ type: "integer", nullable: true }) area!: number | null;
}

/** Un-owned, counted by the database. */
@Entity()
export class Tag {
  @PrimaryKey() id!: number;
  @Column({ unique: true }) label!: string;
  @Column({ type: "text", nullable: true }) note!: string | null;
  @CreatedAt() createdAt!: Date;
}

/** Un-owned, with a composite key. */
@Entity()
export class Rate {
  @PrimaryKey({ generate: "none" }) currency!: string;
  @PrimaryKey({ generate: "none", type: "date" }) day!: string;
  @Column({ type: "decimal", precision: 12, scale: 4 }) value!: string;
}

/** Answers later than the call that asked, as a look-up in another service would. */
@ValidatorConstraint({ name: "polite", async: true })
export class Polite implements ValidatorConstraintInterface {
  async validate(text: unknown): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve));
    return text !== "rude";
  }

  defaultMessage(): string { return "must be polite"; }
}

export class Contact {
  @IsEmail() email!: string;
}

export class Details {
  @MaxLength(10) label!: string;
  @IsOptional() @ValidateNested() contact?: Contact;
}

/** Owned, counted by the database, with every kind of default. */
@Entity()
@UserOwned({ by: "userId" })
@Unique("title", "list")
export class Task {
  @PrimaryKey() id!: number;
  @ForeignKey(() => [User, "user_id"]) userId!: OwnerId;
  @Column() @Length(1, 40) @Validate(Polite) title!: string;
  @Column({ default: "inbox" }) list!: string;
  @Enum(["open", "done"], { default: "open" }) state!: "open" | "done";
  @Column({ type: "integer", nullable: true }) @IsOptional() @Min(0) @Max(100) rank!: number | null;
  @Column({ default: () => `t-${Math.random()}` }) token!: string;
  @Json(undefined, { default: ["new"] }) labels!: string[];
  @Column({ default: new Date("2030-01-01T00:00:00.000Z") }) due!: Date;
  @Column({ type: "text", nullable: true, select: false }) secret!: string | null;
  @ForeignKey("Country.code", { nullable: true }) country!: string | null;
  @Json(() => Details, { nullable: true }) details!: Details | null;
  @CreatedAt() createdAt!: Date;
}

/** Owned, with a uuid as key. */
@Entity()
@UserOwned()
export class Note {
  @PrimaryKey({ generate: "uuid" }) id!: string;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() @IsString() text!: string;
}

/** Owned, with a key that the caller chooses: one per owner. */
@Entity()
export class Setting extends UserOwnedEntity {
  @PrimaryKey({ generate: "none" }) key!: string;
  @Column() value!: string;
  @Column({ type: "text", nullable: true, unique: true }) alias!: string | null;
  @Column({ type: "integer", nullable: true }) weight!: number | null;
}

/** Owned, with a composite key. */
@Entity()
export class Reading extends UserOwnedEntity {
  @PrimaryKey({ generate: "none" }) sensor!: string;
  @PrimaryKey({ generate: "none", type: "date" }) day!: string;
  @Column({ type: "real", nullable: true }) value!: number | null;
}

/** Owned, with a rule over all owners. */
@Entity()
@Unique("handle", { global: true })
export class Handle extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @Column() handle!: string;
  @Column({ nullable: true, type: "text" }) motto!: string | null;
}

/** Owned, and one for each owner. */
@Entity()
@UserOwned()
export class Preferences {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id", { unique: true }) userId!: OwnerId;
  @Column({ default: "light" }) theme!: string;
  @Json(() => Details, { default: Object.assign(new Details(), { label: "standard" }) }) @ValidateNested() details!: Details;
}

export const plannerModel = {
  entities: [User, Country, Tag, Rate, Task, Note, Setting, Reading, Handle, Preferences],
  jsonTypes: [Profile],
};
