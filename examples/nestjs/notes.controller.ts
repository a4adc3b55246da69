import { Body, Controller, Get, Param, ParseIntPipe, Patch, Post, Sse, StreamableFile, type MessageEvent } from "@nestjs/common";
import type { InsertData, UserContext } from "freehold";
import { CurrentContext } from "freehold/nestjs";
import { Readable } from "node:stream";
import { map, type Observable } from "rxjs";
import type { Note } from "./entities";
import { NotesService } from "./notes.service";

@Controller("notes")
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get()
  list(): Promise<Note[]> {
    return this.notes.list();
  }

  @Get("export")
  export(): StreamableFile {
    return new StreamableFile(Readable.from(this.notes.lines()), { type: "application/x-ndjson" });
  }

  @Sse("events")
  events(@CurrentContext() ctx: UserContext): Observable<MessageEvent> {
    return this.notes.watch(ctx).pipe(map((data) => ({ data: [...data] })));
  }

  @Get(":id")
  find(@Param("id", ParseIntPipe) id: number): Promise<Note> {
    return this.notes.find(id);
  }

  @Post()
  add(@CurrentContext() ctx: UserContext, @Body() note: InsertData<Note>): Promise<Note> {
    return this.notes.add(ctx, note);
  }

  @Patch(":id")
  change(@CurrentContext() ctx: UserContext, @Param("id", ParseIntPipe) id: number, @Body() changes: Partial<InsertData<Note>>): Promise<Note> {
    return this.notes.change(ctx, id, changes);
  }
}
