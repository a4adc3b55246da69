import { Column, Entity, ForeignKey, PrimaryKey, SelfOwned, SystemOwned, User, UserOwned, Database, diagnose, postgres, type EntityClass, type OwnerId, type SystemId } from "freehold";
import { onEveryPostgres, onEverySqliteFile, type TestDatabases } from "../support/databases";
import { server } from "../support/engines";

@Entity()
@SelfOwned()
class Account {
  @PrimaryKey({ type: "integer" }) accountId!: OwnerId;
  @Column({ unique: true }) email!: string;
}

@Entity()
@UserOwned({ by: "accountId" })
class Invoice {
  @PrimaryKey({ generate: "perOwner" }) number!: number;
  @ForeignKey(() => [Account, "accountId"]) accountId!: OwnerId;
}

@Entity({ table: 'odd "line"' })
@UserOwned({ by: "accountId" })
class Line {
  @PrimaryKey() id!: string;
  @ForeignKey(() => [Account, "accountId"]) accountId!: OwnerId;
  @ForeignKey(() => [Invoice, "number"], { name: "the invoice" }) invoice!: number;
}

@Entity()
@UserOwned()
class Diary {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @ForeignKey(() => [Diary, "id"], { nullable: true, onDelete: "SET NULL" }) before!: number | null;
}

@Entity()
@SystemOwned()
class Report {
  @PrimaryKey({ type: "integer" }) id!: SystemId;
  @ForeignKey(() => [Diary, "id"]) diary!: number;
}

const entities: readonly EntityClass[] = [User, Account, Invoice, Line, Diary];

function specs(databases: TestDatabases): void {
  it("has nothing to say against owners of several kinds, counted keys, odd names and self-references", async () => {
    const place = databases.newPlace();
    const db = await databases.openPlace(place, { entities });
    await db.schema.ensure();
    const { findings } = await diagnose({ entities, driver: databases.driver(place), logger: () => undefined });
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  it("finds what crosses owners under such names, where a number means another row for each owner", async () => {
    const place = databases.newPlace();
    const db = await databases.openPlace(place, { entities });
    await db.schema.ensure();
    await databases.outside(place, [
      ["insert into account (account_id, email) values (1, 'a'), (2, 'b')"],
      ["insert into invoice (number, account_id) values (1, 1), (2, 1), (1, 2)"],
      [`insert into "odd ""line""" (id, account_id, "the invoice") values ('018f3a5e-0000-7000-8000-000000000001', 2, 2), ('018f3a5e-0000-7000-8000-000000000002', 2, 1)`],
      [`insert into "user" (info, created_at) values ('{}', '2026-01-01 00:00:00.000Z'), ('{}', '2026-01-01 00:00:00.000Z')`],
      ["insert into diary (user_id) values (1)"], ["insert into diary (user_id, before) values (2, 1)"],
    ], { foreignKeys: false });
    const { findings } = await diagnose({ entities, driver: databases.driver(place), logger: () => undefined });
    expect(findings.filter(({ code }) => code === "ROWS_CROSS_OWNERS").map(({ place: where, message }) => `${where}: ${message}`)).toEqual([
      'odd "line".the invoice: 1 row of odd "line" referring to rows of invoice that belong to another owner.',
      "diary.before: 1 row of diary referring to rows of diary that belong to another owner.",
    ]);
  });
}

onEverySqliteFile("the doctor of many models", specs);
onEveryPostgres("the doctor of many models", specs);

onEveryPostgres("the doctor of partitions", (databases) => {
  it("has nothing to say against them", async () => {
    const place = databases.newPlace();
    const entitiesOfUsers = [User, Diary];
    await server().createSchema(place);
    const driver = postgres({ connectionString: server().url(place), rls: databases.rls, layout: { owned: "hash-partitions", partitions: 3 } });
    const db = await Database.open({ driver, entities: entitiesOfUsers });
    await db.schema.ensure();
    await db.close();
    const { findings } = await diagnose({ entities: entitiesOfUsers, driver, logger: () => undefined });
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  it("finds entities of the system without an objection", async () => {
    const place = databases.newPlace();
    const all = [...entities, Report];
    await (await databases.openPlace(place, { entities: all })).schema.ensure();
    const { findings } = await diagnose({ entities: all, driver: databases.driver(place), logger: () => undefined });
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });
});
