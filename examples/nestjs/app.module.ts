import { Module } from "@nestjs/common";
import { APP_FILTER, APP_GUARD } from "@nestjs/core";
import { sqlite3, User } from "freehold";
import { FreeholdExceptionFilter, FreeholdModule } from "freehold/nestjs";
import { AccountsController } from "./accounts.controller";
import { BearerGuard } from "./bearer-guard";
import { Note, Profile } from "./entities";
import { NotesController } from "./notes.controller";
import { NotesService } from "./notes.service";
import { Tokens } from "./tokens";

@Module({ providers: [Tokens], exports: [Tokens] })
class TokensModule {}

@Module({
  imports: [FreeholdModule.forFeature([User]), TokensModule],
  controllers: [AccountsController],
})
class AccountsModule {}

@Module({
  imports: [FreeholdModule.forFeature([Note])],
  controllers: [NotesController],
  providers: [NotesService],
})
class NotesModule {}

@Module({
  imports: [
    FreeholdModule.forRootAsync({
      useFactory: () => ({
        driver: sqlite3({ file: process.env["FREEHOLD_NOTES_FILE"] ?? ":memory:" }),
        autoLoadEntities: true,
        jsonTypes: [Profile],
        ensureSchema: true,
      }),
    }),
    TokensModule, AccountsModule, NotesModule,
  ],
  providers: [
    { provide: APP_GUARD, useClass: BearerGuard },
    { provide: APP_FILTER, useClass: FreeholdExceptionFilter },
  ],
})
export class AppModule {}
