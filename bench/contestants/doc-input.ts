import { IsBoolean, IsDate, IsInt, IsObject, IsString, Length, Max, Min } from "class-validator";

/** What may be stored as a document, for those whose own classes carry no such rules. */
export class DocInput {
  @IsString() @Length(1, 200) title!: string;
  @IsString() @Length(1, 10_000) body!: string;
  @IsInt() @Min(1) @Max(5) rating!: number;
  @IsBoolean() done!: boolean;
  @IsObject() meta!: object;
  @IsDate() createdAt!: Date;
}
