import { Database, gt, introspect, like, oneOf, type EntityClass } from "freehold";
import { onEveryDatabaseOfOthers, type TestDatabases } from "../support/databases";
import { loadSources, roundTrip, type LoadedEntities, type Row } from "../support/introspected";
import { chinook } from "../support/published/chinook";
import { django } from "../support/published/django";
import { northwind } from "../support/published/northwind";
import type { Published } from "../support/published/published";
import { rails } from "../support/published/rails";
import { sakila } from "../support/published/sakila";

onEveryDatabaseOfOthers("introspected databases in use", (engine) => {
  const opened = async (schema: Published): Promise<Use> => use(engine, schema);
  const postgres = engine.dialect === "postgres";

  it("Chinook: reads through relations, pages, inserts, updates", async () => {
    const { repository, entity, close } = await opened(chinook);
    try {
      const albums = await repository("Album").find({ artist: { name: like("AC%") } }, { with: { artist: true }, orderBy: { title: "asc" } } as never);
      expect(albums).toMatchObject([{ title: "For Those About To Rock", artist: { name: "AC/DC" } }, { title: "Let There Be Rock" }]);
      const tracks = await repository("Track").find({ unitPrice: postgres ? "0.99" : 0.99, trackId: oneOf([1, 2, 2 ** 40]) });
      expect(tracks.map(({ trackId, unitPrice }) => [trackId, unitPrice])).toEqual([[1, postgres ? "0.99" : 0.99], [2, postgres ? "0.99" : 0.99]]);
      expect(await repository("PlaylistTrack").findById({ playlistId: 1, trackId: 2 })).toMatchObject({ playlistId: 1, trackId: 2 });
      const artist = await repository("Artist").insert({ artistId: 3, name: "Aerosmith" });
      expect(artist).toBeInstanceOf(entity("Artist"));
      await expect(repository("Artist").insert({ artistId: 3, name: "Again" })).rejects.toMatchObject({ code: "UNIQUE_VIOLATION", properties: ["artistId"] });
      await expect(repository("Artist").insert({ artistId: 4, name: "x".repeat(121) })).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
      await expect(repository("Album").insert({ albumId: 9, title: "Lost", artistId: 99 })).rejects.toMatchObject({ code: "FOREIGN_KEY_VIOLATION" });
      expect(await repository("Artist").update({ artistId: 3 }, { name: "AC" })).toBe(1);
      const first = await repository("Artist").paginate({}, { orderBy: { name: "asc" } as never, first: 2 });
      const second = await repository("Artist").paginate({}, { orderBy: { name: "asc" } as never, first: 2, after: first.nextCursor as string });
      expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(["AC", "AC/DC", "Accept"].sort(postgres ? (a, b) => a.localeCompare(b, "en") : undefined));
      const invoice = await repository("Invoice").findByIdOrFail(1);
      expect(invoice["invoiceDate"]).toEqual(postgres ? new Date("2009-01-01T00:00:00.000Z") : "2009-01-01 00:00:00");
      if (postgres) {
        expect(await repository("Invoice").find({ invoiceDate: new Date("2009-01-01T00:00:00.000Z") })).toHaveLength(1);
        await repository("Invoice").update({ invoiceId: 1 }, { invoiceDate: new Date("2009-06-01T10:30:00.250Z") });
        expect((await repository("Invoice").findByIdOrFail(1))["invoiceDate"]).toEqual(new Date("2009-06-01T10:30:00.250Z"));
      }
      expect(await repository("Track").aggregate({ sum: ["milliseconds"] } as never)).toMatchObject({ sum: { milliseconds: 548224 } });
    } finally {
      await close();
    }
  });

  it("Django: counts ids on, keeps deferred keys, marks what looks owned", async () => {
    const { repository, introspection, close } = await opened(django);
    try {
      expect(introspection.entities.filter(({ looksOwned }) => looksOwned.length > 0).map(({ table, looksOwned }) => [table, looksOwned[0]?.column, looksOwned[0]?.by]))
        .toEqual([["auth_user_groups", "user_id", "foreign key"], ["django_admin_log", "user_id", "foreign key"]]);
      const user = await repository("AuthUser").findOneOrFail({ username: "ada" });
      expect(user).toMatchObject({ id: 101, isSuperuser: true, lastLogin: null });
      const date = postgres ? new Date("2024-05-01T00:00:00.000Z") : "2024-05-01 00:00:00";
      const { id } = await repository("AuthUser").insert({
        password: "x", isSuperuser: false, username: "bob", lastName: "B", email: "b@example.org", isStaff: false, isActive: true, dateJoined: date, firstName: "Bob",
      });
      expect(id).toEqual(expect.any(Number));
      await repository("AuthUserGroups").insert({ userId: id, groupId: 101 });
      expect(await repository("AuthUserGroups").count({ user: { username: "bob" } })).toBe(1);
      expect(await repository("AuthUser").count({ isSuperuser: true })).toBe(1);
      // Its number of at most 16 bits is compared with one that has more.
      expect(await repository("DjangoAdminLog").find({ actionFlag: gt(-1) })).toEqual([]);
      expect(await repository("DjangoSession").findById("abc")).toMatchObject({ sessionData: "data" });
      expect(await repository("DjangoAdminLog").find({ actionFlag: 70_000 })).toEqual([]);
    } finally {
      await close();
    }
  });

  it("Sakila: enums, defaults of the database, texts of other types, tables beside the model", async () => {
    const { repository, db, introspection, place, close } = await opened(sakila);
    try {
      if (postgres) await engine.outside(place, [["select setval('film_film_id_seq', 100)"]]);
      const film = await repository("Film").findOneOrFail({ title: "ACADEMY DINOSAUR" }, { with: { language: true } as never });
      expect(film).toMatchObject({ filmId: 1, rating: "PG", rentalRate: postgres ? "4.99" : 4.99, language: { languageId: 1 } });
      expect(await repository("Film").find({ rating: "PG" }, { select: ["title"] } as never)).toHaveLength(1);
      const lastUpdate = postgres ? {} : { lastUpdate: "2024-01-31 12:00:00" };
      const added = await repository("Film").insert({ ...(postgres ? {} : { filmId: 3 }), title: "NEW", languageId: 2, ...lastUpdate, ...(postgres ? { specialFeatures: "{Trailers}" } : { rating: "R" }) });
      expect(added["rentalDuration"]).toBe(3);
      if (postgres) {
        expect(added["lastUpdate"]).toBeInstanceOf(Date);
        expect(await repository("Film").find({ specialFeatures: "{Trailers}" })).toMatchObject([{ title: "NEW" }]);
        expect(await repository("Film").find({ specialFeatures: like("%ail%") })).toHaveLength(1);
        const many = await repository("Film").insertMany([{ title: "A", languageId: 1 }, { title: "B", languageId: 1, rating: "R" }, { title: "C", languageId: 2 }]);
        const stored = await repository("Film").find({ title: oneOf(["A", "B", "C"]) }, { orderBy: { title: "asc" } } as never);
        expect(stored.map(({ filmId, title }) => [filmId, title])).toEqual(many.map(({ filmId, title }) => [filmId, title]));
        await expect(repository("Film").insert({ title: "D", languageId: 1, rating: "X" })).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
        await expect(repository("Film").insert({ title: "D", languageId: 1, releaseYear: 1800 })).rejects.toMatchObject({ code: "CHECK_VIOLATION" });
        // Half of its microseconds would be lost on the way from page to page.
        await expect(repository("Film").paginate({}, { orderBy: { lastUpdate: "asc" } as never })).rejects.toMatchObject({ code: "INVALID_QUERY" });
        const paid = await repository("Payment").find({ paymentId: 1 });
        expect(paid).toMatchObject([{ paymentDate: "2024-01-15 10:00:00+00", amount: "2.99" }]);
        expect(await repository("Payment").findById({ paymentDate: "2024-01-15 10:00:00+00", paymentId: 1 })).toMatchObject({ filmId: 1 });
      }
      const unmanaged = introspection.entities.flatMap((entity) => entity.unmanaged);
      expect(unmanaged).toEqual(expect.arrayContaining(postgres
        ? ["trigger last_updated", "trigger film_fulltext_trigger", "index (fulltext, using gist)"] : ["trigger film_trigger_au"]));
      await engine.outside(place, [[postgres ? "drop trigger last_updated on film" : "drop trigger film_trigger_au"]]);
      expect(await db.schema.check()).toMatchObject([{ kind: "trigger", state: "missing", table: "film" }]);
    } finally {
      await close();
    }
  });

  it("Rails: moments without a zone, JSON, uuids made by the database, cascades", async () => {
    const { repository, close } = await opened(rails);
    try {
      const user = await repository("Users").findOneOrFail({ email: "ada@example.org" });
      expect(user["createdAt"]).toEqual(postgres ? new Date("2024-01-31T12:00:00.123Z") : "2024-01-31 12:00:00.123456");
      const now = postgres ? new Date("2024-06-01T08:00:00.000Z") : "2024-06-01 08:00:00";
      const bob = await repository("Users").insert({ email: "bob@example.org", createdAt: now, updatedAt: now, currentSignInIp: "127.0.0.1" });
      expect(bob).toMatchObject({ signInCount: 0, admin: false, encryptedPassword: "" });
      expect(await repository("Users").find({ currentSignInIp: "127.0.0.1" })).toMatchObject([{ id: bob["id"] }]);
      await expect(repository("Users").insert({ email: "bob@example.org", createdAt: now, updatedAt: now })).rejects.toMatchObject({ code: "UNIQUE_VIOLATION", properties: ["email"] });
      expect(await repository("Users").increment({ id: bob["id"] }, { signInCount: 2 } as never)).toBe(1);
      await expect(repository("Users").increment({ id: bob["id"] }, { signInCount: Number.MAX_SAFE_INTEGER } as never)).rejects.toThrow();
      expect(await repository("Users").findById(bob["id"] as number)).toMatchObject({ signInCount: 2 });
      const post = await repository("Posts").insert({ userId: bob["id"], title: "Hello", createdAt: now, ...(postgres ? { tags: ["a"], rating: "4.5" } : { tags: '["a"]', rating: 4.5 }) });
      if (postgres) {
        expect(post["token"]).toMatch(/^[0-9a-f-]{36}$/);
        expect(await repository("Posts").findOne({ token: post["token"] })).toMatchObject({ id: post["id"], tags: ["a"], labels: "{}" });
      }
      const upserted = await repository("Users").upsert({ email: "ada@example.org", admin: true, createdAt: now, updatedAt: now }, { on: ["email"] as never });
      expect(upserted).toMatchObject({ id: 101, admin: true });
      await repository("Users").delete({ id: bob["id"] });
      expect(await repository("Posts").count({})).toBe(1);
    } finally {
      await close();
    }
  });

  it("Northwind: names with blanks, keys of text, blobs", async () => {
    const { repository, close } = await opened(northwind);
    try {
      const details = await repository("OrderDetails").find({ orderId: 10248 }, { with: { product: true }, orderBy: { quantity: "desc" } } as never);
      expect(details).toMatchObject([{ productId: 1, quantity: 12, unitPrice: 14 }, { productId: 2, quantity: 10, unitPrice: 9.8 }]);
      expect(await repository("OrderDetails").find({ unitPrice: 9.8 })).toHaveLength(1);
      expect(await repository("Customers").findById("ALFKI")).toMatchObject({ companyName: "Alfreds Futterkiste" });
      const picture = Buffer.from([0, 255, 1]);
      await repository("Categories").update({ categoryId: 1 }, { picture });
      expect((await repository("Categories").findByIdOrFail(1))["picture"]).toEqual(picture);
      await expect(repository("OrderDetails").insert({ orderId: 10248, productId: 2, quantity: 0 })).rejects.toThrow();
    } finally {
      await close();
    }
  });

  it("opens what is left out, and refuses tables that are not there", async () => {
    const place = engine.newPlace();
    await engine.outside(place, [["create table a (id integer primary key, b integer)"], ["create table b (id integer primary key)"]]);
    const some = await introspect({ driver: engine.driver(place), tables: ["a"] });
    expect(some.entities.map(({ name }) => name)).toEqual(["A"]);
    await expect(introspect({ driver: engine.driver(place), tables: ["c"] })).rejects.toMatchObject({ code: "INVALID_QUERY", message: expect.stringContaining('"c"') as string });
    const loaded = await loadSources(some);
    const db = await Database.open({ driver: engine.driver(place), entities: loaded.entities });
    expect(await db.schema.check()).toEqual([]);
    await db.close();
  });
});

interface Use {
  readonly db: Database;
  readonly place: string;
  readonly introspection: Awaited<ReturnType<typeof introspect>>;
  repository(name: string): ReturnType<typeof repositoryOf>;
  entity(name: string): EntityClass<Row>;
  close(): Promise<void>;
}

function repositoryOf(db: Database, loaded: LoadedEntities, name: string) {
  const entity = loaded[name];
  if (entity === undefined) throw new Error(`no class ${name}`);
  return db.repository<Row>(entity);
}

async function use(engine: TestDatabases, schema: Published): Promise<Use> {
  const place = engine.newPlace();
  await engine.outside(place, [...schema[engine.dialect], ...schema.rows].map((sql) => [sql]));
  const { introspection, loaded, db } = await roundTrip(() => engine.driver(place));
  return {
    db, place, introspection, repository: (name) => repositoryOf(db, loaded, name), entity: (name) => loaded[name] as EntityClass<Row>, close: async () => db.close(),
  };
}
