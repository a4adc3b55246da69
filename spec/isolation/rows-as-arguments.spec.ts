import { InvalidQueryError } from "freehold";
import { failure, onEveryPostgres } from "../support/databases";
import { written } from "./hand-written";
import { Project, SECRET, world, type World } from "./world";

/**
 * PostgreSQL reads `e.f` as `f(e)` where e has no column f: behind an alias every function of one argument is in reach that no
 * allow-list names, such as `ts_stat`, which runs its argument as a statement.
 */
onEveryPostgres("functions called like columns", (databases) => {
  let of: World;
  const inner = (text: string): string => `json_array_elements_text(cast('["${text}"]' as json)) as e`;
  const asBob = (text: string) => written(of.db, of.bobCtx, text);

  beforeEach(async () => {
    of = await world(databases);
    await of.db.repository(Project).insert(of.bobCtx, { name: "bob's", budget: 3 });
  });

  it("would run any statement, and are refused", async () => {
    const attack = `select e.ts_stat as n from ${inner("select to_tsvector(name) from project")}`;
    const [rows] = await of.plain!([[attack]]);
    expect(JSON.stringify(rows)).toContain(SECRET.split("-")[0]);
    expect((await failure(InvalidQueryError, () => asBob(attack).rows())).message).toContain("e has no column ts_stat");
  });

  it("are refused whatever their name", async () => {
    const [rows] = await of.plain!([["select distinct proname::text as name from pg_proc where pronargs >= 1 or provariadic <> 0"]]);
    const names = (rows as readonly { readonly name: string }[]).map(({ name }) => name).filter((name) => /^[a-z_][a-z0-9_]*$/.test(name));
    expect(names.length).toBeGreaterThan(1_500);
    const taken: string[] = [];
    for (const name of names.filter((one) => one !== "name")) {
      for (const text of [`select e.${name} as n from ${inner("x")}`, `select 1 as n from {project} where p."${name}" is not null`]) {
        try {
          asBob(text);
          taken.push(text);
        } catch (error) {
          if (!(error instanceof InvalidQueryError)) throw error;
        }
      }
    }
    // Columns of the project itself.
    expect(taken.filter((text) => !/p\."(budget|country|project_id|parent_id|user_id)"/.test(text)).filter((text) => !/e\.value/.test(text))).toEqual([]);
  });

  it.each([
    ["by an alias that another source has too", `select e.ts_stat as n from ${inner("select 1")} where exists (select 1 from (select 1 as ts_stat) as e where e.ts_stat = 1)`],
    ["in an order", `select 1 as n from ${inner("select 1")} order by e.pg_relation_size`],
    ["in a join's condition", `select 1 as n from {project} join ${inner("select 1")} on e.current_setting = 'x'`],
    ["of an alias that nothing has", "select z.ts_stat as n from {project}"],
    ["of rows whose columns have no names", "select v.ts_stat as n from (values ('select 1')) as v"],
    ["of a name of WITH", "with e as (select 'select 1' as a) select e.ts_stat as n from e"],
    ["of one within itself", "with recursive e as (select 'x' as a union select e.ts_stat from e) select e.a as n from e"],
    ["in an argument", `select count(e.ts_stat) as n from ${inner("select 1")}`],
    ["on the whole row of a table", "select p.row_to_json as n from {project}"],
    ["in a window", "select count(*) over (partition by p.pg_typeof) as n from {project}"],
  ])("are refused %s", async (_, text) => {
    await failure(InvalidQueryError, () => asBob(text).rows());
  });

  it("leave columns as they are: of tables, also those read when asked for, of WITH, of derived tables and of functions", async () => {
    const rows = await asBob(`with named (a, b) as (select p.name, p.budget from {project}), again as (select named.a as x from named)
      select again.x as x, d.twice as twice, j.value as value from again
      join (select named.b * 2 as twice, named.a as of_a from named) as d on d.of_a = again.x cross join json_array_elements_text(cast('["v"]' as json)) as j`).rows();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]).toMatchObject({ value: "v" });
  });
});
