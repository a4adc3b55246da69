import { InvalidQueryError, list, sql, table, type SqlQuery } from "freehold";
import { onEveryEngine } from "../support/databases";
import { bare, outcome, written } from "./hand-written";
import { aliceRows, plainSql, Project, SECRET, Task, world, type World } from "./world";

/** Each of these, given to SQLite as it stands, shows Alice's row. */
const showing: readonly string[] = [
  `select title from task`,
  `select title from "task"`,
  `select title from [task]`,
  "select title from `task`",
  `select title from TASK`,
  `select title from 'task'`,
  `select title from main.task`,
  `select title from main."task"`,
  `select title from "main"."task"`,
  `select title from main . task`,
  `select title from/**/task`,
  `select title from /* {nothing} */ task`.replace("{nothing}", "nothing"),
  `select title from -- a comment\n task`,
  `select title from\ttask`,
  `select title\n\nfrom\ftask`,
  `select title from (task)`,
  `select title from ("task")`,
  `select title from ((task))`,
  `select title from (task join project using (project_id))`,
  `select x.title from task as x`,
  `select x.title from task x`,
  `select task.title from project, task`,
  `select x.title from {project}, task x`,
  `select x.title from {project} join task x`,
  `select x.title from {project} join task x on 1 = 1`,
  `select x.title from {project} cross join task as x`,
  `select x.title from {project} left join task x on true`,
  `select x.title from {project} full outer join task x on true`,
  `select title from {project} natural join task`,
  `select (select title from task) as title from {project}`,
  `select (select title from task limit 1) as title`,
  `select case when exists (select 1 from task where title like 'alice%') then (select title from task) end as title`,
  `select name as title from {project} where 0 union select title from task`,
  `select 'x' as title union all select title from task`,
  `select title from task except select 'x'`,
  `select title from {task} where 1 = 1 union all select title from task`,
  `with x as (select * from task) select title from x`,
  `with x(title) as (select title from task) select title from x`,
  `with x as (with y as (select title from task) select title from y) select title from x`,
  `with recursive x(title) as (select title from task union select title from x) select title from x`,
  `with x as materialized (select title from task) select title from x`,
  `with x as (select 1 as one), y as (select title from task, x) select title from y`,
  `with inner_task as (select 1 as one) select title from task, inner_task`,
  `select title from (select title from task) as x`,
  `select title from (select * from (select * from task) as y) as x`,
  `select title from (select 1 as one) as x join task`,
  `select title from {task} where t.task_id in (select task_id from task)`,
  `select max(title) as title from task`,
  `select group_concat(title) as title from task`,
  `select first_value(title) over (order by task_id) as title from task`,
  `select json_group_array(title) as title from task`,
  `select name as title from {project} order by (select title from task)`,
  `select title from task not indexed`,
  `select title from task indexed by sqlite_autoindex_task_1`,
  `select title from task limit 1 offset 0`,
  `select count(*) filter (where title in (select title from task)) as n, (select title from task) as title from {project}`,
  `select title from "task" where title = (select max(title) from [task])`,
  `select title from task as "t"`,
  `select title from task as t where t.user_id > 0 or (select user_id from {user}) = 2`,
  `select distinct title from task group by title having title > ''`,
  `select title from task window w as (order by title)`,
  `values ((select title from task))`,
  `select title from temp.task union all select title from task`.replace("temp.task union all select title from ", ""),
];

/** These show other things than one should see, write, or do what a report has no business to. */
const others: readonly string[] = [
  `select name from sqlite_master`, `select sql from sqlite_schema`, `select name from main.sqlite_master`, `select * from sqlite_temp_master`,
  `select seq as n from sqlite_sequence`, `select name from pragma_table_list`, `select name from pragma_table_info('task')`,
  `select * from pragma_database_list()`, `select name from pragma_table_info`, `select * from sqlite_dbpage`, `select * from dbstat`, `select * from bytecode('select 1')`,
  `select * from tables_used('select 1')`, `select * from sqlite_stmt`, `select sqlite_version() as v`, `select sqlite_source_id() as v`,
  `select sqlite_compileoption_get(1) as v`, `select changes() as n`, `select total_changes() as n`, `select last_insert_rowid() as n`,
  `attach database 'x.db' as x`, `detach database main`, `vacuum`, `vacuum into 'x.db'`, `pragma query_only = off`, `pragma table_list`,
  `explain select 1 as n`, `explain query plan select 1 as n`, `begin`, `commit`, `rollback`, `savepoint x`, `release x`, `reindex`, `analyze`,
  `insert into task (title) values ('x')`, `update task set title = 'x'`, `delete from task`, `replace into task (title) values ('x')`,
  `drop table task`, `alter table task rename to x`, `create table x (y)`, `create view x as select * from task`, `create temp table x as select * from task`,
  `with x as (select 1 as n) insert into task (title) select 'x' from x`, `with x as (select 1 as n) delete from task`, `with x as (select 1 as n) update task set title = 'x'`,
  `with x as (delete from task returning title) select title from x`, `with x as (insert into task (title) values ('x') returning title) select title from x`,
  `with x as (update task set title = 'x' returning title) select title from x`,
  `select 1 as n; select title from task`, `select 1 as n;`, `select 1 as n; drop table task`, `;select 1 as n`, `select title from {task} where t.title = 'x'; --'`,
  `select title into x from {task}`, `select title from {task} for update`, `select title from {task} returning title`,
  `select load_extension('x') as n`, `select readfile('/etc/passwd') as n`, `select writefile('x', 'y') as n`, `select edit('x') as n`, `select fts3_tokenizer('x') as n`,
  `select "load_extension"('x') as n`, `select [load_extension] ('x') as n`, `select main.load_extension('x') as n`, `select randomblob(1000000000) as n`, `select zeroblob(1000000000) as n`,
  `select printf('%1000000000d', 1) as n`, `select format('%1000000000d', 1) as n`, `select freehold_in_time() as n`, `select query_to_xml('select 1', true, true, '') as n`,
  `select set_config('freehold.user_id', '1', true) as n`, `select current_setting('x') as n`, `select pg_read_file('x') as n`, `select dblink('x') as n`, `select lo_import('x') as n`,
  `select * from information_schema.tables`, `select * from pg_catalog.pg_class`, `select * from pg_class`, `select pg_sleep(10) as n`, `select * from generate_series(1, 9)`,
  `select * from generate_series`, `select raise(abort, 'x') as n`, `select 1 as n where 'x' match 'y'`, `select 1 as n where 'x' regexp 'y'`,
  `select 1 as n where 1 in task`, `select 1 as n where 1 in "task"`, `select 1 as n where 1 in main.task`, `select 1 as n where 1 not in task`, `select 1 as n where 1 in (task)`,
  `select 1 as n where 1 in json_each('[1]')`, `select title from {task} t`, `select title from {task} as x`, `select title from ({task})`, `table task`, `select * from only task`,
  `select * from lateral (select title from task) as x`, `select * from rows from (task) as x`, `select * from unnest(x) as x`,
  `select 'a' || title as x from task where title like e'\\x'`, `select U&'\\0061' as x`, `select x'61' as x`, `select $$text$$ as x`, `select $1 as x`, `select ? as x`, `select ?1 as x`, `select :x as x`,
  `select @x as x`, `select #x as x`, `select 1::text as x`, `select 'open as x from task`, `select "open as x from task`, `select [open as x from task`, "select `open as x from task",
  `select 1 as x /* open`, `select 1 as x /* a /* b */ c */`, `select 1 as x from /* {task} */ task`, `select 1 as x -- {task}`, `select '{task}' as x`, `select "{task}" as x`, `select 1 as é`, `select 1 as x\u00a0`,
  `select 1 as x where 1 = 1 \u2003 `, `select 1 as x\u0000`, `select 1 as x, '\u0000' as y`, `select 1 as x \ufeff`, `select 0x10 as x`, `select 1_000 as x`, `select 1e as x`,
  `select title as x from x`, `with x as (select title from x) select title from x`, `with task as (select title from task) select title from task`,
  `with a as (select 1 as one) select * from (with b as (select 2 as two) select two from b) as q, b`, `with a as (select * from b), b as (select 1 as one) select * from a`,
  `with "task" as (select * from task) select title from task`, `with x as (select 1 as one) select * from main.x`, `with x as (select 1 as one) select * from x.y`, `with x as (task) select * from x`,
  `with x as (values (1)), x as (values (2)) select 1 as n from x`, `select * from (select 1 as one)`, `select 1`, `select count(*) from {task}`, `select * from (values (1)) as v`,
  `select 1 as "1"`, `select 1 as __proto__`, `select 1 as a, 2 as a`, `select *`, `select t.* from {project}`, `select title from {task} limit -1`, `select title from {task} limit 1, 1`,
  `select title from {task} limit (select count(*) from task)`, `select {task} from {task}`, `select title from {task} where {task}`, `select t.title.x from {task}`, `select t..title as x from {task}`,
  `select cast(1 as json) as x`, `select 1 as x order by 1 collate evil`, `${"(".repeat(500)}`, `select ${"(".repeat(500)}1${")".repeat(500)} as x`, ``, ` `, `--`, `selectx`, `with`, `select`,
  `select title from {task} union`, `select 'x' 'task' from {task}`, `select title from {task} join`, `select title from`, `select title from {task},`, `select 1 as x from {task} on`, `select exists (task) as x`,
  `select exists (values (1) from task) as x`, `select over.title as x from {task}`, `select 1 as x from {task} tablesample system (1)`, `select sum(title order by (select title from task)) as x from {task}`,
];

/** Texts that are taken but end by themselves at no time. */
const endless: readonly string[] = [
  `with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) as n from r`,
  `with recursive r(n) as (values (1) union all select n + 1 from r where n > 0) select max(n) as n from r`,
  `with recursive r(n) as (select 1 union all select r.n from r, {task}) select count(*) as n from r`,
  `select (with recursive r(n) as (select 1 union all select n + 1 from r) select sum(n) from r) as n`,
  `select t.title from {task} where exists (with recursive r(n) as (select 1 union all select n + 1 from r) select 1 from r where n < 0)`,
  `with recursive r(n) as (select 1 union all select n + 1 from r) select 1 as n from r group by n order by n limit 1`,
];

/** Reports as one writes them, and what they give Bob. */
const reports: readonly (readonly [text: string, rows: readonly object[]])[] = [
  [`select t.title from {task} order by t.title`, [{ title: "b1" }, { title: "b2" }, { title: "b3" }]],
  [`select * from {task} order by task_id desc limit 1`, [{ task_id: 4, user_id: 2, project_id: 3, title: "b3" }]],
  [`select count(*) as n, sum(p.budget) as "all", avg(budget) mean from {project}`, [{ n: 2, all: 30, mean: 15 }]],
  [`select p.name, count(t.task_id) as tasks from {project} left join {task} on t.project_id = p.project_id group by p.name order by p.name`,
    [{ name: "pa", tasks: 2 }, { name: "pb", tasks: 1 }]],
  [`select name from {project} join {task} using (project_id) group by project_id having count(*) > 1`, [{ name: "pa" }]],
  [`with big as (select * from {project} where p.budget >= 20) select big.name, big.budget from big`, [{ name: "pb", budget: 20 }]],
  [`with a as (select name from {project}), b(n) as (select count(*) from a) select b.*, a.name from a, b order by a.name`, [{ n: 2, name: "pa" }, { n: 2, name: "pb" }]],
  [`with task as (select 'mine' as title) select title from task`, [{ title: "mine" }]],
  [`with "project" as (select 1 as n) select project.n + count(*) as n from project join {task}`, [{ n: 4 }]],
  [`with recursive days(d) as (select date('2026-01-30') union all select date(d, '+1 day') from days where d < '2026-02-02') select d from days order by 1`,
    [{ d: "2026-01-30" }, { d: "2026-01-31" }, { d: "2026-02-01" }, { d: "2026-02-02" }]],
  [`with recursive n(x) as (values (1) union all select x * 2 from n limit 5) select group_concat(x, '-') as xs from n`, [{ xs: "1-2-4-8-16" }]],
  [`with recursive up(id, parent, depth) as (select p.project_id, p.parent_id, 0 from {project} where p.name = 'pb' union all
      select p.project_id, p.parent_id, up.depth + 1 from up join {project} on p.project_id = up.parent) select max(depth) as depth from up`, [{ depth: 1 }]],
  [`select title from {task} where t.project_id = 2 union select name from {project} order by 1`, [{ title: "b1" }, { title: "b2" }, { title: "pa" }, { title: "pb" }]],
  [`select title from {task} intersect select 'b1' as x`, [{ title: "b1" }]],
  [`select title from {task} except select title from {task} where title in ('b1', 'b2')`, [{ title: "b3" }]],
  [`select t.title, row_number() over (partition by t.project_id order by t.title desc) as place from {task} order by t.title`,
    [{ title: "b1", place: 2 }, { title: "b2", place: 1 }, { title: "b3", place: 1 }]],
  [`select title, sum(task_id) over w as running from {task} window w as (order by title rows between unbounded preceding and current row) order by title`,
    [{ title: "b1", running: 2 }, { title: "b2", running: 5 }, { title: "b3", running: 9 }]],
  [`select count(*) filter (where t.title > 'b1') as later, lag(1) over (order by 1) as "before" from {task}`, [{ later: 2, before: null }]],
  [`select case when budget > 10 then 'big' else 'small' end as size, case name when 'pa' then 1 else 2 end as n from {project} order by name`,
    [{ size: "small", n: 1 }, { size: "big", n: 2 }]],
  [`select p.name, c.name as country from {project} left join {country} on c.code = p.country order by p.name`, [{ name: "pa", country: "Austria" }, { name: "pb", country: null }]],
  [`select (select max(budget) from {project}) as most, (select count(*) from {task}) as tasks`, [{ most: 20, tasks: 3 }]],
  [`select name from {project} where exists (select 1 from {task} where t.project_id = p.project_id and t.title like 'b3')`, [{ name: "pb" }]],
  [`select name from {project} where p.project_id not in (select project_id from {task} where title = 'b3') and p.budget between 5 and 15`, [{ name: "pa" }]],
  [`select x.name, x.n from (select p.name, count(*) as n from {project}, {task} where t.project_id = p.project_id group by p.name) as x where x.n = 1`, [{ name: "pb", n: 1 }]],
  [`with v(code, label) as (values ('at', 'A'), ('de', 'D')) select v.label from v join {project} on p.country = v.code`, [{ label: "A" }]],
  [`select strftime('%Y', '2026-05-01') as year, julianday('2026-01-02') - julianday('2026-01-01') as days, date('2026-01-31', '+1 month') as d`, [{ year: "2026", days: 1, d: "2026-03-03" }]],
  [`select upper(substr(name, 1, 1)) || '-' || coalesce(country, '?') as label from {project} where country is not null and country is not distinct from 'at'`, [{ label: "P-at" }]],
  [`select j.value as n from json_each('[1, 2]') as j where j.value > 1`, [{ n: 2 }]],
  [`select json_object('a', json_array(1, 2)) ->> '$.a[1]' as n, 7 / 2 as whole, cast('7' as integer) % 4 as rest, -(-1) as one, 1e2 as hundred`,
    [{ n: 2, whole: 3, rest: 3, one: 1, hundred: 100 }]],
  [`select distinct country from {project} order by country desc nulls last`, [{ country: "at" }, { country: null }]],
  [`select a.n from (select 1 as n union all select 2) as a left join (select 2 as n) b on a.n = b.n where b.n is null -- the end`, [{ n: 1 }]],
  [`/* a report */ select "name" from {project} where [budget] = 10 and \`name\` <> 'it''s "fine"; --'`, [{ name: "pa" }]],
  [`select count(*) as n from {user}`, [{ n: 2 }]],
];

/** The same reports as PostgreSQL has them: with functions and dialect of its own, and sums of whole numbers that no number holds as text. */
const onPostgres = new Map<string, readonly [text: string, rows: readonly object[]]>(Object.entries({
  "sum(p.budget)": [`select count(*) as n, sum(p.budget) as "all", avg(budget) mean from {project}`, [{ n: 2, all: "30", mean: "15.0000000000000000" }]],
  "having count(*)": [`select max(name) as name from {project} join {task} using (project_id) group by project_id having count(*) > 1`, [{ name: "pa" }]],
  '"project" as (select 1': [`with "project" as (select 1 as n) select max(project.n) + count(*) as n from project cross join {task}`, [{ n: 4 }]],
  "recursive days": [`with recursive days(d) as (select cast('2026-01-30' as date) union all select d + 1 from days where d < cast('2026-02-02' as date)) select d from days order by 1`,
    [{ d: "2026-01-30" }, { d: "2026-01-31" }, { d: "2026-02-01" }, { d: "2026-02-02" }]],
  "recursive n(x)": [`with recursive n(x) as (values (1) union all select x * 2 from n where x < 16) select string_agg(cast(x as text), '-') as xs from n`, [{ xs: "1-2-4-8-16" }]],
  "sum(task_id) over w": [`select title, sum(task_id) over w as running from {task} window w as (order by title rows between unbounded preceding and current row) order by title`,
    [{ title: "b1", running: "2" }, { title: "b2", running: "5" }, { title: "b3", running: "9" }]],
  strftime: [`select to_char(cast('2026-05-01' as date), 'YYYY') as year, cast('2026-01-02' as date) - cast('2026-01-01' as date) as days,
      cast(cast('2026-01-31' as date) + cast('1 month' as interval) as date) as d`, [{ year: "2026", days: 1, d: "2026-02-28" }]],
  "json_each('[1, 2]')": [`select cast(cast(j.value as text) as integer) as n from json_array_elements(cast('[1, 2]' as json)) as j where cast(cast(j.value as text) as integer) > 1`, [{ n: 2 }]],
  "json_object('a'": [`select json_build_object('a', json_build_array(1, 2)) -> 'a' ->> 1 as n, 7 / 2 as whole, cast('7' as integer) % 4 as rest, -(-1) as one, cast(1e2 as real) as hundred`,
    [{ n: "2", whole: 3, rest: 3, one: 1, hundred: 100 }]],
}));

/** A report of {@link reports} in the words of the engine. */
function inWordsOf(dialect: "sqlite" | "postgres", report: (typeof reports)[number]): (typeof reports)[number] {
  const [, own] = dialect === "sqlite" ? [] : [...onPostgres].find(([part]) => report[0].includes(part)) ?? [];
  return own ?? report;
}

async function withBobsRows(w: World): Promise<World> {
  const { db, bobCtx } = w;
  const pa = await db.repository(Project).insert(bobCtx, { name: "pa", budget: 10, country: "at" });
  const pb = await db.repository(Project).insert(bobCtx, { name: "pb", budget: 20, parent_id: pa.project_id });
  for (const [title, project] of [["b1", pa], ["b2", pa], ["b3", pb]] as const) await db.repository(Task).insert(bobCtx, { project_id: project.project_id, title });
  return w;
}

onEveryEngine("21 hand-written sql", (databases) => {
  it("refuses every text that names a table by itself, although it would show the other's row", async () => {
    const w = await withBobsRows(await world(databases));
    const before = await aliceRows(w);
    expect(showing.length).toBeGreaterThanOrEqual(60);
    let shown = 0;
    for (const text of showing) {
      let plain: readonly unknown[] | null;
      try {
        plain = await plainSql(w.plain, bare(text));
      } catch {
        // Some forms are not of every version of SQLite, and many of no other engine.
        plain = null;
      }
      if (JSON.stringify(plain ?? "").includes(SECRET)) shown++;
      expect([text, await outcome(() => written(w.db, w.bobCtx, text))]).toEqual([text, expect.any(InvalidQueryError)]);
    }
    if (w.plain !== null) expect(shown).toBeGreaterThanOrEqual(databases.dialect === "sqlite" ? 55 : 35);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("refuses what is no report", async () => {
    const w = await withBobsRows(await world(databases));
    const before = await aliceRows(w);
    for (const text of others) {
      expect([text, await outcome(() => written(w.db, w.bobCtx, text))]).toEqual([text, expect.any(InvalidQueryError)]);
    }
    expect(await aliceRows(w)).toEqual(before);
    // What is in brackets behind IN is a column, of which the database alone knows that there is none.
    expect(databases.events.filter((event) => event.operation === "sql").map((event) => event.sql)).toEqual(databases.dialect === "sqlite" ? ["select 1 as `n` where (1 in (`task`)) limit ?"]
      // PostgreSQL has a type json, to which it casts no number.
      : ['select 1 as "n" where (1 in ("task")) limit $1::bigint', 'select cast (1 as json) as "x" limit $1::bigint']);
  });

  it("stops what would never end, and serves the next call", async () => {
    const w = await withBobsRows(await world(databases));
    for (const text of endless) {
      const stopped = await outcome(() => written(w.db, w.bobCtx, text, { timeoutMs: 60 }));
      expect([text, stopped]).toEqual([text, expect.objectContaining({ message: expect.stringContaining("stopped after 60 ms") })]);
      await w.db.transaction(async (tx) => {
        expect(await outcome(() => written(tx, w.bobCtx, text, { timeoutMs: 60 }))).toBeInstanceOf(InvalidQueryError);
        await tx.repository(Task).update(w.bobCtx, { title: "b1" }, { title: "b1" });
      });
    }
    expect(await w.db.repository(Task).count(w.bobCtx)).toBe(3);
  });

  it("could write nothing even if the text did", async () => {
    const pool = await databases.driver().open();
    const lease = await pool.acquire("write");
    const { connection } = lease;
    const insert = { sql: "insert into x values (1)", readOnly: true, returnsRows: false };
    const refusal = { message: expect.stringMatching(/readonly|read-only/) as string };
    await connection.script("create table x (y int)");
    for (const { sql: text } of [insert, { sql: "delete from x" }, { sql: "create table z (y int)" }, { sql: "drop table x" }]) {
      await expect(connection.execute({ ...insert, sql: text }, [], { sealedMs: 1_000 })).rejects.toMatchObject(refusal);
    }
    await connection.script("begin");
    await expect(connection.execute(insert, [], { sealedMs: 1_000 })).rejects.toMatchObject(refusal);
    expect((await connection.execute(insert, [])).changes).toBe(1);
    await connection.script("commit");
    lease.release();
    await pool.close();
  });

  it("takes reports and gives them the rows of the context alone", async () => {
    const w = await withBobsRows(await world(databases));
    for (const [text, rows] of reports.map((report) => inWordsOf(databases.dialect, report))) {
      expect([text, await written(w.db, w.bobCtx, text).rows()]).toEqual([text, rows]);
      expect(JSON.stringify(await written(w.db, w.bobCtx, text).rows())).not.toContain(SECRET);
    }
  });

  it("refuses parts of a text that would make another of the whole", async () => {
    const { db, bobCtx } = await world(databases);
    const hostile: readonly (() => SqlQuery)[] = [
      () => db.sql(bobCtx)`select ${sql`'`} from task where ${sql`'`} as x`,
      () => db.sql(bobCtx)`select 1 as x /* ${sql`*/ from task /*`} */`,
      () => db.sql(bobCtx)`select title from ${sql`task`}`,
      () => db.sql(bobCtx)`select title from ${sql`ta`}${sql`sk`}`,
      () => db.sql(bobCtx)`select title from ${"task"}`,
      () => db.sql(bobCtx)`select title from ${list(["task"])}`,
      () => db.sql(bobCtx)`select title from main.${table(Task)}`,
      () => db.sql(bobCtx)`select 1 as x where 1 in ${table(Task)}`,
      () => db.sql(bobCtx)`${"select title from task"}`,
      () => db.sql(bobCtx)`select title from -- ${table(Task)}
        task`,
    ];
    for (const query of hostile) expect(await outcome(query)).toBeInstanceOf(InvalidQueryError);
  });

  it("takes nothing for a part that was not made by its helper", async () => {
    const { db, bobCtx } = await world(databases);
    const real = table(Task, "t");
    for (const fake of [{ kind: "rows", entity: Task, alias: "t" }, { ...real }, Object.create(real), JSON.parse(JSON.stringify(real)), ["task"], Object.assign(["x"], { raw: ["x"] })]) {
      expect(() => db.sql(bobCtx)`select 1 as x from ${fake}`).toThrow(InvalidQueryError);
      expect(() => db.sql(bobCtx)`select ${fake} as x`).toThrow(expect.objectContaining({ code: "VALIDATION_ERROR" }));
    }
  });
});
