import {
  Column, CreatedAt, Database, Entity, Enum, ForeignKey, Index, Json, ModelError, PrimaryKey, sqlite3, Unique, User, UserInfo,
  UserOwned, UserOwnedEntity, type EntityClass, type OwnerId,
} from "freehold";
import { failure } from "../support/databases";

const open = (...entities: EntityClass[]): Promise<Database> => Database.open({ driver: sqlite3({ file: ":memory:" }), entities });

async function faultsOf(...entities: EntityClass[]) {
  return (await failure(ModelError, () => open(...entities))).faults;
}

/** The only fault of a model, as `Entity.property: fault`. */
async function onlyFault(...entities: EntityClass[]): Promise<string> {
  const faults = await faultsOf(...entities);
  expect(faults).toHaveLength(1);
  const [fault] = faults;
  expect(fault?.remedy).not.toBe("");
  return `${fault?.entity ?? ""}${fault?.property === undefined ? "" : `.${fault.property}`}: ${fault?.fault ?? ""}; ${fault?.remedy ?? ""}`;
}

describe("what is wrong with entities", () => {
  it("reports every fault of every entity in one error", async () => {
    @Entity() class Alpha { @PrimaryKey() id!: number; @Column() either!: string | number; @Column() list!: string[]; }
    @Entity() class Beta { @Column() name!: string; }
    const error = await failure(ModelError, () => open(Alpha, Beta));
    expect(error.code).toBe("MODEL_ERROR");
    expect(error.faults.map(({ entity, property }) => [entity, property])).toEqual([
      ["Alpha", "either"], ["Alpha", "list"], ["Beta", undefined],
    ]);
    for (const { fault, remedy } of error.faults) {
      expect(error.message).toContain(fault);
      expect(error.message).toContain(remedy);
    }
  });

  it("names entity, property and the type to write where reflection shows Object", async () => {
    @Entity() class Note { @PrimaryKey() id!: number; @Column() text!: string | null; }
    expect(await onlyFault(Note)).toMatch(/^Note\.text: .*Object.*type: "text"/);
  });

  it("names entity, property and the type to write where a tool emitted no types at all", async () => {
    class Bare { declare id: number; declare text: string; }
    PrimaryKey({ type: "integer" })(Bare.prototype, "id");
    Column()(Bare.prototype, "text");
    Entity()(Bare);
    expect(await onlyFault(Bare)).toMatch(/^Bare\.text: .*esbuild.*@Column\(\{ type: "text" \}\)/);
  });

  it("asks for JSON where a property is a class, and for a list where it is an array", async () => {
    class Address { street!: string; }
    @Entity() class Person { @PrimaryKey() id!: number; @Column() address!: Address; }
    expect(await onlyFault(Person)).toMatch(/^Person\.address: .*class Address.*@Json\(\(\) => Address\)/);
    @Entity() class Tagged { @PrimaryKey() id!: number; @Column() tags!: string[]; }
    expect(await onlyFault(Tagged)).toMatch(/^Tagged\.tags: is an array.*@Json\(\)/);
  });

  it("wants listed classes with @Entity(), each once, with names and tables of their own", async () => {
    class Undecorated { id!: number; }
    expect(await onlyFault(Undecorated)).toMatch(/^Undecorated: .*@Entity\(\)/);
    @Entity() class One { @PrimaryKey() id!: number; }
    expect(await onlyFault(One, One)).toMatch(/^One: is listed twice/);
    @Entity({ table: "one" }) class Other { @PrimaryKey() id!: number; }
    expect(await onlyFault(One, Other)).toMatch(/^Other: meets One in the table one/);
    @Entity({ name: "One", table: "another" }) class Namesake { @PrimaryKey() id!: number; }
    expect(await onlyFault(One, Namesake)).toMatch(/^One: has the same name/);
    expect((await faultsOf("One" as unknown as EntityClass))[0]?.fault).toContain("not a class");
  });

  it("finds two properties that meet in one column", async () => {
    @Entity() class Meet { @PrimaryKey() id!: number; @Column() docId!: number; @Column({ name: "DOC_ID" }) other!: number; }
    expect(await onlyFault(Meet)).toMatch(/^Meet\.other: meets docId in the column DOC_ID/);
  });

  it("finds keys that cannot be", async () => {
    @Entity() class NoKey { @Column() name!: string; }
    expect(await onlyFault(NoKey)).toMatch(/^NoKey: has no primary key/);
    @Entity() class JsonKey { @PrimaryKey({ type: "json" }) id!: string; }
    expect(await onlyFault(JsonKey)).toMatch(/^JsonKey\.id: a json cannot be a primary key/);
    @Entity() class BadGenerate { @PrimaryKey({ generate: "identity", type: "text" }) id!: string; }
    expect(await onlyFault(BadGenerate)).toMatch(/^BadGenerate\.id: generate: "identity" does not go with type text/);
    @Entity() class Composite { @PrimaryKey({ generate: "identity" }) a!: number; @PrimaryKey() b!: number; }
    expect(await onlyFault(Composite)).toMatch(/^Composite\.a: .*composite key/);
  });

  it("finds foreign keys that lead nowhere", async () => {
    @Entity() class NoDot { @PrimaryKey() id!: number; @ForeignKey("User") user!: number; }
    expect(await onlyFault(User, NoDot)).toMatch(/^NoDot\.user: .*"Entity\.property"/);
    @Entity() class NoEntity { @PrimaryKey() id!: number; @ForeignKey("Usr.user_id") user!: number; }
    expect(await onlyFault(User, NoEntity)).toMatch(/^NoEntity\.user: refers to Usr/);
    @Entity() class NoProperty { @PrimaryKey() id!: number; @ForeignKey("User.id") user!: number; }
    expect(await onlyFault(User, NoProperty)).toMatch(/^NoProperty\.user: .*User\.id.*user_id, info, created_at/);
    @Entity() class NotUnique { @PrimaryKey() id!: number; @ForeignKey("User.created_at") at!: Date; }
    expect(await onlyFault(User, NotUnique)).toMatch(/^NotUnique\.at: .*not unique/);
    @Entity() class SetNull { @PrimaryKey() id!: number; @ForeignKey(() => [User, "user_id"], { onDelete: "SET NULL" }) user!: number; }
    expect(await onlyFault(User, SetNull)).toMatch(/^SetNull\.user: says SET NULL but is not nullable/);
  });

  it("finds owners that cannot be told or cannot be", async () => {
    @Entity() @UserOwned() class Ownerless { @PrimaryKey() id!: number; user_id!: OwnerId; }
    expect(await onlyFault(User, Ownerless)).toMatch(/^Ownerless: is @UserOwned\(\) but has no foreign key/);
    @Entity() @UserOwned() class Two {
      @PrimaryKey() id!: number; @ForeignKey("User.user_id") author!: OwnerId; @ForeignKey("User.user_id") editor!: number;
    }
    expect(await onlyFault(User, Two)).toMatch(/^Two: could be owned through author or editor; .*by: "author"/);
    @Entity() @UserOwned() class Nullable { @PrimaryKey() id!: number; @ForeignKey("User.user_id", { nullable: true }) user!: OwnerId | null; }
    expect(await onlyFault(User, Nullable)).toMatch(/^Nullable\.user: holds the owner and is nullable/);
  });

  it("keeps public entities from referring to owned ones, and owners from meeting", async () => {
    @Entity() class Secret extends UserOwnedEntity { @PrimaryKey() id!: number; }
    @Entity() class Leak { @PrimaryKey() id!: number; @ForeignKey("Secret.id") secret!: number; }
    expect(await onlyFault(User, Secret, Leak)).toMatch(/^Leak\.secret: is a public entity that refers to the owned entity Secret/);
    @Entity() class Team { @PrimaryKey() id!: number; }
    @Entity() @UserOwned() class Plan { @PrimaryKey() id!: number; @ForeignKey("Team.id") team!: OwnerId; @ForeignKey("Secret.id") secret!: number; }
    expect(await onlyFault(User, Team, Secret, Plan)).toMatch(/^Plan\.secret: .*owned by User and not by Team/);
    @Entity() class Tag { @PrimaryKey() id!: number; }
    @Entity() class Labelled extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Tag.id", { onDelete: "CASCADE" }) tag!: number; }
    expect(await onlyFault(User, Tag, Labelled)).toMatch(/^Labelled\.tag: says CASCADE on the public entity Tag.*acrossOwners/);
  });

  it("finds constraints, enums and defaults that cannot be", async () => {
    @Entity() @Unique("nam") class Misspelt { @PrimaryKey() id!: number; @Column() name!: string; }
    expect(await onlyFault(Misspelt)).toMatch(/^Misspelt: its @Unique names nam/);
    @Entity() @Index("data") class JsonIndex { @PrimaryKey() id!: number; @Json() data!: object; }
    expect(await onlyFault(JsonIndex)).toMatch(/^JsonIndex\.data: its @Index holds the JSON property/);
    @Entity() class EmptyEnum { @PrimaryKey() id!: number; @Enum([]) state!: string; }
    expect((await faultsOf(EmptyEnum))[0]?.fault).toContain("no members");
    @Entity() class Mixed { @PrimaryKey() id!: number; @Enum(["a", 1]) state!: string; }
    expect(await onlyFault(Mixed)).toMatch(/^Mixed\.state: .*all strings or all whole numbers/);
    @Entity() class BadDefault { @PrimaryKey() id!: number; @Column({ default: "x" }) n!: number; }
    expect(await onlyFault(BadDefault)).toMatch(/^BadDefault\.n: its default must be a whole number/);
    @Entity() class Twice { @PrimaryKey() id!: number; @Column() @CreatedAt() at!: Date; }
    expect(await onlyFault(Twice)).toMatch(/^Twice\.at: carries more than one/);
  });

  it("tells JSON classes of one name apart", async () => {
    const make = () => { class Profile extends UserInfo {} return Profile; };
    const error = await failure(ModelError, () => Database.open({ driver: sqlite3({ file: ":memory:" }), entities: [User], jsonTypes: [make(), make()] }));
    expect(error.message).toContain('the JSON type name "Profile" is used twice');
  });
});

it("warns of a reference to an owner entity on a class that nobody owns", async () => {
  @Entity() class Mine extends UserOwnedEntity { @PrimaryKey() id!: number; }
  @Entity() class Slip { @PrimaryKey() id!: number; @ForeignKey("User.user_id") user!: number; }
  const emitted = jest.spyOn(process, "emitWarning").mockReturnValue(undefined);
  const db = await open(User, Mine, Slip);
  await db.close();
  expect(emitted).toHaveBeenCalledTimes(1);
  expect(emitted).toHaveBeenCalledWith(expect.stringContaining("Slip.user"), expect.objectContaining({ code: "FREEHOLD_UNOWNED_REFERENCE" }));
  emitted.mockRestore();
});
