import { Column, Entity, Index, PrimaryKey, User, UserOwnedEntity, type Database, type Order, type UserContext } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Profile, twoUsers } from "../support/documents";
import { searchesOf } from "../support/searches";

@Entity()
@Index("rank")
@Index("place")
class Entry extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @Column() rank!: number;
  @Column({ type: "integer", nullable: true }) place!: number | null;
}

/** Each an order, and what the index is searched by for the rows behind one with a value, and behind one with a null. */
const ORDERS: readonly (readonly [Order<Entry>, readonly string[], readonly string[]])[] = [
  [{ rank: "asc" }, ["user_id=? AND rank>?"], ["user_id=? AND rank>?"]],
  [{ rank: "desc" }, ["user_id=? AND rank<?"], ["user_id=? AND rank<?"]],
  [{ place: "asc" }, ["user_id=? AND place>?", "user_id=? AND place=?"], ["user_id=? AND place=? AND rowid>?"]],
  [{ place: "desc" }, ["user_id=? AND place<?", "user_id=? AND place=?"], ["user_id=? AND place=? AND rowid>?"]],
  [{ place: { dir: "asc", nulls: "first" } }, ["user_id=? AND place>?"], ["user_id=?"]],
  [{ place: { dir: "desc", nulls: "first" } }, ["user_id=? AND place<?"], ["user_id=?"]],
];

onEveryEngine("the place where a page begins", (databases) => {
  let place: string;
  let db: Database;
  let ctx: UserContext;

  beforeEach(async () => {
    const options = { entities: [User, Entry], jsonTypes: [Profile] };
    place = databases.newPlace();
    db = await databases.openPlace(place, options);
    await db.schema.ensure();
    ({ aliceCtx: ctx } = await twoUsers(db));
    await db.repository(Entry).insertMany(ctx, Array.from({ length: 40 }, (_, index) => ({ rank: index % 7, place: index < 20 ? null : index % 5 })));
  });

  it.each(ORDERS)("is looked up in an index: %j", async (orderBy, present, absent) => {
    const entries = db.repository(Entry);
    const nullsFirst = JSON.stringify(orderBy).includes("first");
    // Twenty rows have a place, so that these two rows stand among the nulls and among the values, wherever those come.
    for (const [first, expected] of [[nullsFirst ? 25 : 5, present], [nullsFirst ? 5 : 25, absent]] as const) {
      const whole = await entries.find(ctx, {}, { orderBy });
      const { nextCursor } = await entries.paginate(ctx, {}, { orderBy, first });
      const before = databases.events.length;
      const page = await entries.paginate(ctx, {}, { orderBy, first: 20, after: nextCursor });
      expect(page.items).toEqual(whole.slice(first, first + 20));
      // The plans are asked for on a second connection, and only a file has one.
      if (databases.storage === "file") expect(await searchesOf(databases, place, "entry", databases.events.slice(before))).toEqual(expected);
    }
  });
});
