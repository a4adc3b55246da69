import {
  Column, Database, Entity, ForeignKey, PrimaryKey, SelfOwned, SystemOwned, User, UserOwned, sqlite3, type EntityClass, type OwnerId, type SystemId,
} from "freehold";
import { Folder, Note, Topic } from "../support/notes";

async function diagramOf(...entities: readonly EntityClass[]): Promise<string> {
  const db = await Database.open({ driver: sqlite3({ file: ":memory:" }), entities });
  await db.close();
  return db.schema.diagram();
}

describe("the diagram of a schema", () => {
  it("shows tables, whose their rows are, columns with their keys, and references with how many there may be", async () => {
    expect(await diagramOf(User, Folder, Note, Topic)).toBe(`erDiagram
  "user" {
    integer user_id PK
    json info
    datetime created_at
  }
  "folder"["folder (owned by user)"] {
    integer folder_id PK
    integer user_id FK "owner"
    text name UK
    datetime deleted_at "nullable"
  }
  "note"["note (owned by user)"] {
    integer note_id PK
    integer user_id FK "owner"
    integer folder_id FK "nullable"
    text title UK
    integer views
    datetime created_at
    datetime updated_at
    integer version
    datetime deleted_at "nullable"
  }
  "topic" {
    text code PK
    text label
    integer version
    datetime deleted_at "nullable"
  }
  "user" ||--o{ "folder" : "user_id"
  "user" ||--o{ "note" : "user_id"
  "folder" |o--o{ "note" : "folder_id"
`);
  });

  it("marks rows that own themselves and those that are the system's, and a reference that only one row may have", async () => {
    @Entity() @SelfOwned() class Account { @PrimaryKey({ type: "integer" }) accountId!: OwnerId; @Column() email!: string; }
    @Entity() @UserOwned() class Profile { @PrimaryKey() id!: number; @ForeignKey(() => [Account, "accountId"], { unique: true }) accountId!: OwnerId; }
    @Entity() @SystemOwned() class Audit { @PrimaryKey({ type: "integer" }) id!: SystemId; @ForeignKey(() => [Account, "accountId"], { nullable: true }) about!: number | null; }
    const text = await diagramOf(Account, Profile, Audit);
    expect(text).toContain('"account"["account (owned by itself)"] {');
    expect(text).toContain('"profile"["profile (owned by account)"] {');
    expect(text).toContain('"audit"["audit (system only)"] {');
    expect(text).toContain('"account" ||--o| "profile" : "account_id"');
    expect(text).toContain('"account" |o--o{ "audit" : "about"');
  });

  it("writes names that Mermaid does not take in another way", async () => {
    @Entity({ table: 'a"%b' }) class Odd { @PrimaryKey({ name: "pk" }) id!: number; @Column({ name: "1 x" }) x!: number; }
    expect(await diagramOf(Odd)).toBe(`erDiagram
  "table 1"["a'_b"] {
    integer _pk PK "pk"
    integer _1_x "1 x"
  }
`);
  });
});
