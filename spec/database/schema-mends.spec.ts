import { Column, Entity, Index, PrimaryKey, type Database } from "freehold";
import { onEveryPostgres, onEverySqliteFile, onRowLevelSecurity, type TestDatabases } from "../support/databases";
import { noteModel } from "../support/notes";

@Entity()
@Index("name", { name: "by_name" })
class Thing {
  @PrimaryKey() id!: number;
  @Column({ unique: true }) code!: string;
  @Column() name!: string;
}

const model = { entities: [...noteModel.entities, Thing] };

/** Plants a fault, and gives the database and what it differs in. */
async function planted(databases: TestDatabases, ...statements: readonly string[]) {
  const place = databases.newPlace();
  const db = await databases.openPlace(place, model);
  await db.schema.ensure();
  await databases.outside(place, statements.map((statement) => [statement]));
  const found = await db.schema.check();
  return { db, place, found, told: found.map(({ table, kind, state, name }) => `${table} ${kind} ${state} ${name ?? ""}`) };
}

/** Runs what is said to mend the differences, all of it, as often as it is said. */
async function mend(databases: TestDatabases, place: string, db: Database): Promise<readonly unknown[]> {
  for (const difference of await db.schema.check()) {
    if (databases.dialect === "postgres") await databases.script(place, difference.mend);
    else await databases.outside(place, difference.mend.replace(/;$/, "").split(";\n").map((statement) => [statement]));
  }
  return db.schema.check();
}

type Fault = readonly [what: string, sql: string | readonly string[], told: RegExp | string];

const anywhere: readonly Fault[] = [
  ["an index that is gone", "drop index by_name", "thing index missing (name)"],
  ["an index of other columns", ["drop index by_name", "create index by_name on thing (name, code)"], "thing index missing (name)"],
  ["a unique index of live rows that is gone", `drop index "uq_folder_user_id_name"`, /^folder unique missing \(user_id, name\) where/],
];

/** A difference is found, says how it is mended, and that does it. */
function areMended(databases: TestDatabases, faults: readonly Fault[]): void {
  it.each(faults)("%s", async (_what, sql, told) => {
    const { db, place, found, told: all } = await planted(databases, ...[sql].flat());
    expect(all).toContainEqual(typeof told === "string" ? told : expect.stringMatching(told));
    const mendable = found.filter(({ mend: statements }) => statements.endsWith(";"));
    expect(mendable.length).toBeGreaterThan(0);
    // An index under a name of its own is nobody's to drop.
    if (mendable.length === found.length) expect(await mend(databases, place, db)).toEqual([]);
    else expect(found.filter((difference) => !mendable.includes(difference)).map(({ state }) => state)).toEqual(["unexpected"]);
  });
}

onEverySqliteFile("what mends a difference", (databases) => {
  areMended(databases, [
    ...anywhere,
    ["a trigger that is gone", `drop trigger "fk_note_user_id_folder_id_set_null"`, /^note trigger missing fk_note_user_id_folder_id_set_null: /],
    ["a trigger that does something else", [
      `drop trigger "fk_note_user_id_folder_id_set_null"`,
      `create trigger "fk_note_user_id_folder_id_set_null" before delete on "folder" begin update "note" set "views" = 0; end`,
    ], /^note trigger missing fk_note_user_id_folder_id_set_null: /],
  ]);

  it.each([
    ["a partial index in place of a whole one", ["drop index by_name", "create index by_name on thing (name) where id > 5"], "thing index unexpected (name, where id > 5)"],
    ["an index in another order", ["drop index by_name", "create index by_name on thing (name desc)"], "thing index unexpected (name desc)"],
    ["an index of another collation", ["drop index by_name", "create index by_name on thing (name collate nocase)"], "thing index unexpected (name collate nocase)"],
    ["a generated column", ["alter table thing add column loud text as (upper(name))"], "thing column unexpected loud"],
  ])("sees %s", async (_what, sql, told) => {
    expect((await planted(databases, ...sql)).told).toContain(told);
  });
});

onEveryPostgres("what mends a difference", (databases) => {
  areMended(databases, [
    ...anywhere,
    ["a unique constraint that is gone", `alter table thing drop constraint "uq_thing_code"`, "thing unique missing (code)"],
    ["a rule", "create rule deaf as on delete to thing do instead nothing", /^thing trigger unexpected rule deaf: /],
  ]);

  it("sees a foreign key that nobody looks after", async () => {
    // Not as a definition, which the tables' owner would make: a superuser alone may do this.
    const { told } = await planted(databases, "do $$ begin alter table note disable trigger all; end $$");
    expect(told).toContain("note foreignKey unexpected (user_id) -> user(user_id) on delete no action on update no action triggers disabled");
  });
});

onRowLevelSecurity("what mends a difference", (databases) => {
  areMended(databases, [
    ["row security that is off", "alter table note disable row level security, no force row level security", "note rowSecurity missing enabled"],
    ["row security that the owner is free of", "alter table note no force row level security", "note rowSecurity missing forced"],
    ["row security where no rows have owners", "alter table thing enable row level security", "thing rowSecurity unexpected enabled"],
    ["a policy that is gone", "drop policy note_owner on note", /^note policy missing note_owner: /],
    ["a policy too many", "create policy everybody on note for select to public using (true)", "note policy unexpected everybody: for select to public using true"],
    ["a policy that says something else", [
      "drop policy note_owner on note", "create policy note_owner on note for all to public using (true)",
    ], /^note policy missing note_owner: /],
    ["a grant that is gone", "revoke insert on note from freehold_system", "note grant missing insert to freehold_system"],
    ["a grant too many", "grant truncate on note to public", "note grant unexpected truncate to public"],
    ["a grant of a column", "grant select (title) on note to public", "note grant unexpected select of title to public"],
  ]);
});

onEveryPostgres("what takes more than a statement", (databases) => {
  it("says so in words that name the way", async () => {
    const { found } = await planted(databases,
      "alter table thing add column more text", "alter table thing drop column name cascade", "alter table note alter column title drop not null",
      "alter table note drop constraint fk_note_user_id", "alter table topic alter column label type varchar(5)");
    const mends = new Map(found.map(({ table, kind, state, mend: words }) => [`${table} ${kind} ${state}`, words]));
    expect(mends.get("thing column missing")).toBe("It takes a migration (freehold migrate create NAME), which says what rows that are there shall have in it.");
    expect(mends.get("thing column unexpected")).toContain("its values are lost");
    expect(mends.get("note nullability different")).toContain("Fill the rows in which it is null");
    expect(mends.get("note foreignKey missing")).toContain("db.schema.ensure() adds it");
    expect(mends.get("topic type different")).toContain('turns the values into text collate "C"');
  });
});
