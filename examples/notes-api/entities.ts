import { Length } from "class-validator";
import {
  Column, CreatedAt, DeletedAt, Entity, ForeignKey, Index, ManyToMany, ManyToOne, OneToMany, PrimaryKey, SelfOwned, SystemOwned, Unique,
  UpdatedAt, UserOwned, Version, type OwnerId, type SystemId, type ToMany, type ToOne,
} from "freehold";

/**
 * Who owns everything else. An account belongs to itself: in its own name it sees and changes its own row, and nobody can list the others,
 * as they could with a public `User`. Keys are UUIDs, which tell nothing of how many accounts or notes there are.
 */
@Entity()
@SelfOwned()
export class Account {
  @PrimaryKey({ generate: "uuid" }) accountId!: OwnerId<string>;
  @Column() @Length(1, 80) name!: string;
  @CreatedAt() createdAt!: Date;
}

/**
 * How an account proves who it is. It is the system's own, and not a column of `Account`: no user's context reads it, by whatever `select`,
 * relation or search; only auth/ opens it, under a reason that is logged.
 */
@Entity()
@SystemOwned()
export class Credential {
  @PrimaryKey({ generate: "uuid" }) credentialId!: SystemId<string>;
  @ForeignKey(() => [Account, "accountId"], { onDelete: "CASCADE", unique: true }) accountId!: string;
  /** What the user types to log in, in lower case. Unique over all accounts, so signing up tells that a login is taken. */
  @Column({ unique: true, length: 64 }) login!: string;
  /** See auth/passwords.ts: parameters, salt and hash in one text. */
  @Column() passwordHash!: string;
}

/** What all rows of a user have in common; ownership is inherited. */
@UserOwned({ by: "accountId" })
abstract class Owned {
  @ForeignKey(() => [Account, "accountId"], { onDelete: "CASCADE" }) accountId!: OwnerId<string>;
}

/**
 * One log-in. It is owned, so that the check of a cookie is a read in the name of whoever the cookie says: no row, no session, and
 * nothing crosses owners for it. Logging out deletes the row, which a signed token alone could not do.
 */
@Entity()
@Index("expiresAt")
export class Session extends Owned {
  @PrimaryKey({ generate: "uuid" }) sessionId!: string;
  @Column() expiresAt!: Date;
  @CreatedAt() createdAt!: Date;
}

/** "Unique" is meant per owner: two users may both have a notebook called Recipes, and neither learns of the other's. */
@Entity()
@Unique("name")
export class Notebook extends Owned {
  @PrimaryKey({ generate: "uuid" }) notebookId!: string;
  @Column() @Length(1, 80) name!: string;
  @CreatedAt() createdAt!: Date;
  @OneToMany(() => Note) notes?: ToMany<Note>;
}

@Entity()
@Index("updatedAt")
@Index("deletedAt")
export class Note extends Owned {
  @PrimaryKey({ generate: "uuid" }) noteId!: string;
  /** The key holds the owner too, in the database: a note cannot get into another's notebook. */
  @ForeignKey(() => [Notebook, "notebookId"]) notebookId!: string;
  @Column() @Length(1, 200) title!: string;
  @Column({ length: 20_000 }) body!: string;
  @Version() version!: number;
  @CreatedAt() createdAt!: Date;
  @UpdatedAt() updatedAt!: Date;
  @DeletedAt() deletedAt!: Date | null;
  @ManyToOne(() => Notebook) notebook?: ToOne<Notebook>;
  @ManyToMany(() => Tag, { through: () => NoteTag }) tags?: ToMany<Tag>;
  @OneToMany(() => NoteWord) words?: ToMany<NoteWord>;
}

@Entity()
@Unique("name")
export class Tag extends Owned {
  @PrimaryKey({ generate: "uuid" }) tagId!: string;
  @Column() @Length(1, 40) name!: string;
  @ManyToMany(() => Note, { through: () => NoteTag }) notes?: ToMany<Note>;
}

/** Which note has which tag. The link is owned as well: a note and a tag of two owners cannot be linked. */
@Entity()
export class NoteTag extends Owned {
  @PrimaryKey({ generate: "none" }) @ForeignKey(() => [Note, "noteId"], { onDelete: "CASCADE" }) noteId!: string;
  @PrimaryKey({ generate: "none" }) @ForeignKey(() => [Tag, "tagId"], { onDelete: "CASCADE" }) tagId!: string;
  @ManyToOne(() => Note) note?: ToOne<Note>;
}

/** The words of a note as search.ts folds them: a search looks them up by the link's own key, on every database alike. */
@Entity()
export class NoteWord extends Owned {
  @PrimaryKey({ generate: "none" }) @ForeignKey(() => [Note, "noteId"], { onDelete: "CASCADE" }) noteId!: string;
  @PrimaryKey({ generate: "none" }) word!: string;
  @ManyToOne(() => Note) note?: ToOne<Note>;
}

export const entities = [Account, Credential, Session, Notebook, Note, Tag, NoteTag, NoteWord];
