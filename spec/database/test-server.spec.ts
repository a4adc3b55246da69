import { engines, server } from "../support/engines";
import { findPgBouncer, startPgBouncer } from "../support/postgres/pgbouncer";
import { plainPostgres, type PlainClient } from "../support/postgres/plain-postgres";

const there = engines.some(({ dialect }) => dialect === "postgres");
/** What the specs on PostgreSQL rest upon: were the server's role mightier or its settings tamer, they would prove less. */
(there ? describe : describe.skip)(`the server of the specs [postgres]${there ? "" : " (SKIPPED: not on the engines of FREEHOLD_ENGINES)"}`, () => {
  let client: PlainClient;
  let schema: string;

  beforeEach(async () => {
    schema = server().newSchema();
    await server().createSchema(schema);
    client = await plainPostgres(server().url(schema));
  });
  afterEach(async () => {
    await client.end();
    await server().clear();
  });
  afterAll(async () => server().disconnect());

  const row = async (sql: string) => (await client.query(sql)).rows[0];

  it("gives the library a role that policies bind", async () => {
    expect(await row("select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"))
      .toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false });
    expect(await row("select pg_has_role('freehold_system', 'set') as set, pg_has_role('freehold_system', 'usage') as usage")).toEqual({ set: true, usage: false });
  });

  it("gives each place a schema, with none beside it", async () => {
    await client.query("create table a (id int)");
    expect(await row("select current_schemas(false)::text as schemas")).toEqual({ schemas: `{${schema}}` });
    const other = server().newSchema();
    expect(await server().outside(other, [["create table a (id int)"], ["select count(*) as n from a"]])).toEqual([0, [{ n: 0 }]]);
    expect(await row("select tableowner = current_user as mine from pg_tables where tablename = 'a' and schemaname <> current_schema")).toEqual({ mine: true });
  });

  it("is set up as nobody would expect", async () => {
    const zone = String((await row("show timezone"))?.["TimeZone"]);
    if (process.env["FREEHOLD_POSTGRES_URL"] === undefined) expect(zone).toBe("Asia/Kolkata");
  });

  it("lets specs write and read what no policy and no foreign key would", async () => {
    await client.query("create table a (id int primary key); create table b (id int references a (id)); alter table b enable row level security, force row level security");
    expect(await server().outside(schema, [["insert into b values (?), (?)", 1, 2]], { foreignKeys: false })).toEqual([2]);
    expect(await server().outside(schema, [["select id, id > 1 as big, now() is null as never from b order by id"]]))
      .toEqual([[{ id: 1, big: false, never: false }, { id: 2, big: true, never: false }]]);
    expect((await client.query("select * from b")).rows).toEqual([]);
    await expect(server().outside(schema, [["insert into b values (3)"]])).rejects.toThrow(/foreign key/);
    expect(await server().outside(schema, [["delete from b"]])).toEqual([2]);
  });

  it("leaves nothing of a test behind", async () => {
    await client.query("create table a (id int)");
    await server().clear();
    expect(await row("select count(*)::int as n from pg_namespace where nspname like 'test\\_%'")).toEqual({ n: 0 });
  });

  it("gives a later test the tables of an earlier one, emptied, unless anything was defined meanwhile", async () => {
    const lend = async (kind = "a"): Promise<string> => server().lend(kind, async (place) => {
      await server().script(place, "create table if not exists a (id int generated always as identity primary key); create table if not exists b (id int references a (id))");
      return place;
    });
    const place = await lend();
    const others = await lend("another kind");
    expect(others).not.toBe(place);
    await server().outside(place, [["insert into a default values"], ["insert into a default values"], ["insert into b values (1)"]]);
    await server().clear();
    expect(await lend()).toBe(place);
    expect(await server().outside(place, [["insert into a default values"], ["select id from a"], ["select id from b"]])).toEqual([1, [{ id: 1 }], []]);
    await server().clear();
    for (const define of [
      async (at: string) => server().outside(at, [["alter table a add column c int"]]),
      async (at: string) => server().outside(at, [["grant select on a to public"]]),
      async (at: string) => server().script(at, "create policy p on a"),
      async (at: string) => client.query(`begin; alter table ${at}.a drop column id cascade; rollback`),
    ]) {
      const changed = await lend();
      await define(changed);
      // Before this one is lent, too: it may not hide what was done to the other.
      await lend("another kind");
      await server().clear();
      expect(await lend()).not.toBe(changed);
      await server().clear();
    }
    await server().disconnect();
    expect(await row("select count(*)::int as n from pg_namespace where nspname like 'test\\_%'")).toEqual({ n: 0 });
  });

  const { missing } = findPgBouncer();
  (missing === null ? it : it.skip)(`has a PgBouncer in transaction mode before it${missing === null ? "" : `: skipped, as ${missing}`}`, async () => {
    const bouncer = await startPgBouncer({ serverConnections: 1 });
    try {
      const clients = [await plainPostgres(bouncer.url), await plainPostgres(bouncer.url)];
      const backends = await Promise.all(clients.map(async (one) => (await one.query("select pg_backend_pid() as pid, current_schema as schema")).rows[0]));
      expect(backends[0]).toEqual(backends[1]);
      expect(backends[0]).toMatchObject({ schema: "public" });
      // What one client leaves on the connection, the next one finds: the mode in which a user must not be state of a connection.
      await clients[0]!.query("set freehold.user_id = '1'");
      expect((await clients[1]!.query("show freehold.user_id")).rows).toEqual([{ "freehold.user_id": "1" }]);
      for (const one of clients) await one.end();
    } finally {
      await bouncer.stop();
    }
  });
});
