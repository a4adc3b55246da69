import { Column, Entity, OneToMany, PrimaryKey, type ToMany } from "freehold";
import { Book } from "./book";

/** Imports the file that imports this one, as files of entities do. */
@Entity()
export class Author {
  @PrimaryKey() id!: number;
  @Column() name!: string;
  @OneToMany(() => Book) books?: ToMany<Book>;
}
