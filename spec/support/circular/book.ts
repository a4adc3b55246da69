import { Column, Entity, ForeignKey, ManyToOne, PrimaryKey, type ToOne } from "freehold";
import { Author } from "./author";

@Entity()
export class Book {
  @PrimaryKey() id!: number;
  @Column() title!: string;
  @ForeignKey(() => [Author, "id"]) authorId!: number;
  @ManyToOne(() => Author) author?: ToOne<Author>;
}
