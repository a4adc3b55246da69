import { all, and, isNull, jsonPath, ne, not, notOneOf, oneOf, or, User, UserContext, UserInfo } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Paper, paperModel } from "../support/json-world";

onEveryEngine("isolation of conditions inside JSON", (databases) => {
  it("keeps to the own rows, whatever the condition says", async () => {
    const db = await databases.open(paperModel);
    const [alice, bob] = (await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }])).map((user) => UserContext.of(user)) as [UserContext, UserContext];
    const papers = db.repository(Paper);
    for (const ctx of [alice, bob]) await papers.insert(ctx, { label: `${String(ctx.key)}`, data: { a: { b: "same" }, n: 1 } });
    const system = db.system("spec");
    const conditions = [
      { data: jsonPath("a.b", "same") }, { data: jsonPath("n", 1) }, { data: jsonPath(["n"], ne(5)) }, { data: jsonPath("zzz", isNull()) }, not<Paper>({ data: jsonPath("n", 2) }),
      or<Paper>({ data: jsonPath("n", 1) }, { data: jsonPath("n", ne(1)) }, all),
      { data: jsonPath("a.b", oneOf(["same", 1, true])) }, { data: jsonPath("n", oneOf(Array.from({ length: 100 }, (_, index) => index))) },
      or<Paper>({ data: jsonPath("n", notOneOf([2, "x"])) }, { data: jsonPath("n", isNull()) }), or<Paper>({ data: jsonPath("n') or (1=1", isNull()) }, { label: "x" }),
    ];
    for (const where of conditions) {
      expect(await papers.count(system, where)).toBe(2);
      expect(await papers.find(bob, where)).toMatchObject([{ user_id: bob.key }]);
      expect(await papers.update(bob, and<Paper>(where, { data: jsonPath("n", 1) }), { label: "bob's" })).toBe(1);
    }
    expect(await papers.delete(bob, or<Paper>({ data: jsonPath("a.b", "same") }, { data: jsonPath("n", isNull(false)) }))).toBe(1);
    expect(await papers.find(alice)).toMatchObject([{ label: `${String(alice.key)}` }]);
  });
});
