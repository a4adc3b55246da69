import {
  Column, DeletedAt, CreatedAt, Entity, ForeignKey, ManyToOne, OneToMany, PrimaryKey, Unique, UpdatedAt, User, UserOwned, Version,
  type OwnerId, type ToMany, type ToOne,
} from "freehold";
import { Length } from "class-validator";

/** Owned, with everything that the framework keeps. */
@Entity()
@UserOwned()
@Unique("title")
export class Note {
  @PrimaryKey() note_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey(() => [Folder, "folder_id"], { nullable: true, onDelete: "SET NULL" }) folder_id!: number | null;
  @Column() @Length(1, 40) title!: string;
  @Column({ default: 0 }) views!: number;
  @CreatedAt() created_at!: Date;
  @UpdatedAt() updated_at!: Date;
  @Version() version!: number;
  @DeletedAt() deleted_at!: Date | null;
  @ManyToOne(() => Folder, "folder_id") folder?: ToOne<Folder>;
}

@Entity()
@UserOwned()
export class Folder {
  @PrimaryKey() folder_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ unique: true }) name!: string;
  @DeletedAt() deleted_at!: Date | null;
  @OneToMany(() => Note, "folder_id") notes?: ToMany<Note>;
}

/** Nobody's, with a key of its own choosing. */
@Entity()
export class Topic {
  @PrimaryKey({ generate: "none" }) code!: string;
  @Column() label!: string;
  @Version() version!: number;
  @DeletedAt() deletedAt!: Date | null;
}

export const noteModel = { entities: [User, Folder, Note, Topic] };

/** A clock that stands still until it is told to go on. */
export class TestClock {
  #now = new Date("2026-03-01T08:00:00.000Z");

  readonly now = (): Date => new Date(this.#now);

  /** Moves on by seconds and returns the new moment. */
  forward(seconds = 1): Date {
    this.#now = new Date(this.#now.getTime() + seconds * 1_000);
    return this.now();
  }
}
