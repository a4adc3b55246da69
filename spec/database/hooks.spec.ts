import {
  AccessViolationError, AfterLoad, BeforeDelete, BeforeInsert, BeforeUpdate, Column, Entity, ForeignKey, Json, ModelError, PrimaryKey, User,
  UserContext, UserInfo, UserOwned, ValidationError, type Database, type OwnerId, type Repository,
} from "freehold";
import { Length } from "class-validator";
import { failure, onEveryEngine } from "../support/databases";

class Address { city!: string; }

abstract class Signed {
  @Column({ default: "" }) trace!: string;
  @BeforeInsert() first(): void { this.mark("first"); }
  @BeforeUpdate() early(): void { this.mark("early"); }
  protected mark(step: string): void { this.trace = `${this.trace as string | undefined ?? ""}${step};`; }
}

@Entity()
@UserOwned()
class Letter extends Signed {
  @PrimaryKey() letter_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() @Length(1, 10) title!: string;
  @Column({ type: "text", nullable: true }) slug!: string | null;
  @Json(() => Address, { nullable: true }) address!: Address | null;
  loud?: string;
  forged?: number;
  rekeyed?: number;

  @BeforeInsert()
  async second(): Promise<void> {
    await Promise.resolve();
    this.mark("second");
    this.title = this.title.trim();
    this.slug = this.title.toLowerCase();
    if (this.address !== null && (this.address as Address | undefined) !== undefined) this.address.city += "!";
    if (this.title === "refused") throw new Error("not this one");
    if (this.forged !== undefined) this.user_id = this.forged as OwnerId;
  }

  @BeforeUpdate()
  late(): void {
    this.mark("late");
    if ((this.title as string | undefined) !== undefined) this.title = this.title.trim();
    if (this.title === "refused") throw new Error("not this one");
    if (this.rekeyed !== undefined) this.letter_id = this.rekeyed;
  }

  @BeforeDelete()
  guard(): void {
    if (this.title === "signed") throw new Error("signed letters stay");
  }

  @AfterLoad()
  shout(): void {
    this.loud = `${this.title as string | undefined ?? "?"}!`;
  }
}

@Entity()
class Override extends Signed {
  @PrimaryKey() id!: number;
  override first(): void { this.mark("overridden"); }
  @BeforeUpdate() override early(): void { this.mark("again"); }
}

@Entity()
class Promised {
  @PrimaryKey() id!: number;
  @AfterLoad() async wait(): Promise<void> { await Promise.reject(new Error("nobody hears")); }
}

onEveryEngine("hooks", (databases) => {
  let db: Database;
  let letters: Repository<Letter, "bound">;
  let users: readonly User[];

  beforeEach(async () => {
    db = await databases.open({ entities: [User, Letter, Override, Promised] });
    users = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }]);
    letters = db.repository(Letter).as(UserContext.of(users[0] as User));
  });

  it("run before an insert, those of base classes first, and what they set is stored", async () => {
    const letter = await letters.insert({ title: " Plan " });
    expect(letter).toMatchObject({ title: "Plan", slug: "plan", trace: "first;second;" });
    expect(await letters.findById(letter.letter_id)).toMatchObject({ title: "Plan", slug: "plan", trace: "first;second;" });
    const rows = [...await letters.insertMany([{ title: " A" }, { title: " B" }]), ...await letters.saveMany([{ title: " C" }])];
    expect(rows.map((row) => row.title)).toEqual(["A", "B", "C"]);
  });

  it("are called once where a subclass overrides or marks them again", async () => {
    const overrides = db.repository(Override);
    const one = await overrides.insert({});
    expect(one.trace).toBe("overridden;");
    await overrides.save(one);
    expect(one.trace).toBe("overridden;again;");
  });

  it("work on a copy: the caller's object changes only after success", async () => {
    const address = Object.assign(new Address(), { city: "Oslo" });
    const letter = Object.assign(new Letter(), { title: " refused ", address });
    await expect(letters.insert(letter)).rejects.toThrow("not this one");
    expect(letter).toEqual(Object.assign(new Letter(), { title: " refused ", address: Object.assign(new Address(), { city: "Oslo" }) }));
    letter.title = " taken ";
    expect(await letters.insert(letter)).toBe(letter);
    expect(letter).toMatchObject({ title: "taken", trace: "first;second;", address: { city: "Oslo!" } });
    expect(address.city).toBe("Oslo");
  });

  it("that throw abort the operation: nothing is sent or stored", async () => {
    databases.forget();
    await expect(letters.insert({ title: "refused" })).rejects.toThrow("not this one");
    await expect(letters.insertMany([{ title: "fine" }, { title: "refused" }])).rejects.toThrow("not this one");
    await expect(letters.upsert({ title: "refused" }, { on: ["letter_id"] })).rejects.toThrow();
    expect(databases.events).toEqual([]);
    const letter = await letters.insert({ title: "signed" });
    databases.forget();
    await expect(letters.remove(letter)).rejects.toThrow("signed letters stay");
    letter.title = "refused";
    await expect(letters.save(letter)).rejects.toThrow("not this one");
    expect(databases.events.filter((event) => event.operation !== "save" || !event.sql.startsWith("select"))).toEqual([]);
    expect(await letters.findById(letter.letter_id)).toMatchObject({ title: "signed" });
  });

  it("run before save changes a row, and never for update and delete by condition", async () => {
    const letter = await letters.insert({ title: "a" });
    letter.title = " b ";
    await letters.save(letter);
    expect(letter).toMatchObject({ title: "b", trace: "first;second;early;late;" });
    await letters.save({ letter_id: letter.letter_id, trace: "x;" });
    expect(await letters.findById(letter.letter_id)).toMatchObject({ title: "b", trace: "x;early;late;" });
    await letters.update({ title: "b" }, { title: " c " });
    expect((await letters.findById(letter.letter_id))?.title).toBe(" c ");
    await letters.update({ title: " c " }, { title: "signed" });
    expect(await letters.delete({ title: "signed" })).toBe(1);
  });

  it("are checked like everything that was given", async () => {
    await failure(ValidationError, () => letters.insert({ title: "   " }));
    const letter = await letters.insert({ title: "a" });
    await failure(ValidationError, () => letters.save(Object.assign(letter, { title: "  " })));
    const rekeyed = Object.assign(new Letter(), { letter_id: letter.letter_id, title: "b", rekeyed: letter.letter_id + 1 });
    const error = await failure(ValidationError, () => letters.save(rekeyed));
    expect(error.faults[0]).toMatchObject({ property: "letter_id", constraint: "readonly" });
  });

  it("cannot hand rows to another owner", async () => {
    const forged = Object.assign(new Letter(), { title: "a", forged: users[1]?.user_id });
    await failure(AccessViolationError, () => letters.insert(forged));
    expect(await letters.count()).toBe(0);
    const own = Object.assign(new Letter(), { title: "a", forged: users[0]?.user_id });
    expect(await letters.insert(own)).toMatchObject({ user_id: users[0]?.user_id });
  });

  it("run on what a read made of rows, whichever read it was", async () => {
    const { letter_id } = await letters.insert({ title: "a" });
    expect(await letters.findById(letter_id)).toMatchObject({ loud: "a!" });
    expect(await letters.find({})).toMatchObject([{ loud: "a!" }]);
    expect(await letters.find({}, { select: ["slug"] })).toMatchObject([{ loud: "?!" }]);
    expect(await letters.update({ letter_id }, { title: "b" }, { returning: true })).toMatchObject([{ loud: "b!" }]);
    for await (const row of letters.stream()) expect(row.loud).toBe("b!");
    expect((await letters.paginate({}, {})).items).toMatchObject([{ loud: "b!" }]);
  });

  it("that would have to be waited for after a load are a fault", async () => {
    await db.repository(Promised).insert({});
    const error = await failure(ModelError, () => db.repository(Promised).find());
    expect(error.message).toContain("Promised.wait");
  });
});
