import { User, UserInfo, type Database, type UserContext } from "freehold";
import { createTestDatabase, sequence, type TestDatabase } from "freehold/testing";
import { Country, Document, Invoice } from "./entities";

class Profile extends UserInfo { name!: string; }

export async function factories(test: TestDatabase, ctx: UserContext): Promise<void> {
  const documents = test.factory(Document, { title: sequence((n) => `Document ${n}`) });
  const [alice] = await test.asUsers();
  for (const acting of [ctx, alice, test.db.system("types")]) await documents.create(acting, { title: "x" });
  const made: Document[] = await documents.createMany(alice, 3);
  void made;
  // @ts-expect-error an owned entity's row is somebody's
  await documents.create();
  // @ts-expect-error data stands in the user's place
  await documents.create({ title: "x" });
  // @ts-expect-error a number stands in the user's place
  await documents.createMany(3);
  // @ts-expect-error a title is a text
  await documents.create(alice, { title: 1 });
  // @ts-expect-error there is no such property
  documents.build({ name: "x" });
  // @ts-expect-error a title is a text
  test.factory(Document, { title: 1 });
  // @ts-expect-error a sequence of numbers is none of texts
  test.factory(Document, { title: sequence((n) => n) });
  // @ts-expect-error there is no such property
  test.factory(Document, { name: "x" });
  // @ts-expect-error the owner is whoever creates
  test.factory(Document, { user_id: 1 });
  const countries = test.factory(Country);
  await countries.create({ name: "x" });
  // @ts-expect-error nobody owns a country
  await countries.create(alice, { name: "x" });
  // @ts-expect-error an owned entity, by a string too
  await test.factory(Invoice).create();
}

export async function users(): Promise<void> {
  const test = await createTestDatabase({ entities: [User, Document], owner: User<Profile> });
  const [alice, bob] = await test.asUsers({ info: new Profile() }, { info: new Profile() });
  const name: string = bob.user.info.name;
  // @ts-expect-error a profile has a name
  await test.asUser({ info: new UserInfo() });
  // @ts-expect-error a bound repository takes no context
  await alice.repository(Document).find(alice.ctx);
  // @ts-expect-error two users were made
  const [, , carol] = await test.asUsers();
  void name;
  void carol;
}

const getDocument = async (db: Database, ctx: UserContext, id: number): Promise<Document | null> => db.repository(Document).findById(ctx, id);

export async function isolation(test: TestDatabase): Promise<void> {
  const { a } = await test.expectIsolated((user, id: number) => getDocument(user.db, user.ctx, id), {
    seed: (user) => user.repository(Document).insert({ title: user.text("title") }),
    input: (document) => document.doc_id,
    normalize: (document) => document?.title,
  });
  const document: Document | null | undefined = a;
  void document;
  await test.expectIsolated((user) => user.repository(Document).find(), {
    shared: (db) => db.repository(Country).insert({ code: "x" }),
    seed: (user, country) => user.repository(Document).insert({ title: `${user.text()} ${country.name}` }),
  });
  // @ts-expect-error nothing is stored
  await test.expectIsolated((user) => user.repository(Document).find(), {});
  // @ts-expect-error the function takes an id and is given none
  await test.expectIsolated((_user, id: number) => id, { seed: (user) => user.text() });
  // @ts-expect-error the function takes a number
  await test.expectIsolated((_user, id: number) => id, { seed: (user) => user.text(), input: (text) => text });
  // @ts-expect-error a repository of a subject is bound
  await test.expectIsolated((user) => user.repository(Document).find(user.ctx), { seed: (user) => user.text() });
}
