import {
  contains, Database, FreeholdError, User, UserContext, type Driver, type OwnedRepository,
} from "freehold";
import { Document, Profile } from "./entities";

type Say = (line: string) => void;

/** Two users, their documents, and everything that goes wrong on purpose. Tells each step to `say`. */
export async function tellStory(driver: Driver, say: Say): Promise<void> {
  const db = await Database.open({ driver, entities: [User, Document], jsonTypes: [Profile] });
  try {
    await db.schema.ensure();
    const users = db.repository(User<Profile>);
    const documents = db.repository(Document);

    say("Two users sign up, each with a profile of the application's own class.");
    const alice = await users.insert({ info: profile("Alice", "alice@example.org") });
    const bob = await users.insert({ info: profile("Bob", "bob@example.org") });
    say(`  Alice is user ${alice.user_id}, Bob is user ${bob.user_id}.`);

    const found = await users.findByIdOrFail(alice.user_id);
    say(`  Read back, the profile is a ${found.info.constructor.name}: ${found.info.name} <${found.info.email}>.`);

    say("A context says in whose name a call is made.");
    const asAlice = UserContext.of(alice);
    const asBob = UserContext.forKey(User, bob.user_id); // as a session or a token holds it

    const plan = await documents.insert(asAlice, { title: "Plan for the garden", body: "Beans, then onions." });
    await documents.insertMany(asAlice, [{ title: "Shopping list" }, { title: "Garden calendar" }]);
    const letter = await documents.insert(asBob, { title: "Letter to the council" });
    say(`  Alice's documents: ${await titles(documents, asAlice)}.`);
    say(`  Bob's documents: ${await titles(documents, asBob)}.`);

    plan.title = "Plan for the garden, second draft";
    await documents.save(asAlice, plan);
    const drafts = await documents.find(asAlice, { title: contains("garden") }, { orderBy: { created_at: "desc" } });
    say(`  Alice changes one; with "garden" in the title she finds: ${drafts.map((doc) => doc.title).join(", ")}.`);

    say("What does not work:");
    // @ts-expect-error leaving the context out does not even compile
    await refused(say, "listing documents without a context (it does not compile either)", () => documents.find());
    say(`  - Bob asks for Alice's document by its id: ${JSON.stringify(await documents.findById(asBob, plan.doc_id))}.`);
    await refused(say, "Bob saves a document under the id of Alice's", () => documents.save(asBob, { doc_id: plan.doc_id, title: "Mine now" }));
    await refused(say, "Bob inserts a document in Alice's name", () => documents.insert(asBob, { title: "Forged", user_id: alice.user_id }));
    await refused(say, "Alice hands Bob her own document", () => documents.update(asAlice, { doc_id: plan.doc_id }, { user_id: bob.user_id }));
    await refused(say, "Alice stores a title of no characters", () => documents.insert(asAlice, { title: "" }));
    await refused(say, "Bob deletes with an empty condition", () => documents.delete(asBob, {}));
    say(`  - Bob deletes "every row with Alice's id": ${await documents.delete(asBob, { doc_id: plan.doc_id })} deleted.`);

    say("A transaction is all or nothing.");
    await refused(say, "Bob renames his letter and then fails", () => db.transaction(async () => {
      await documents.update(asBob, { doc_id: letter.doc_id }, { title: "Angry letter" });
      await documents.insert(asBob, { title: "x".repeat(201) });
    }));
    say(`  Bob's documents are as before: ${await titles(documents, asBob)}.`);

    const all = await documents.count(db.system("quickstart: count the documents of all users"));
    say(`Only a SystemContext, asked for by name and logged with its reason, sees all ${all} documents.`);
  } finally {
    await db.close();
  }
}

function profile(name: string, email: string): Profile {
  return Object.assign(new Profile(), { name, email });
}

async function titles(documents: OwnedRepository<Document>, context: UserContext): Promise<string> {
  return (await documents.find(context)).map((doc) => doc.title).join(", ");
}

async function refused(say: Say, what: string, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof FreeholdError)) throw error;
    say(`  - ${what}: ${error.name}. ${error.message}`);
    return;
  }
  throw new Error(`this should have been refused: ${what}`);
}
