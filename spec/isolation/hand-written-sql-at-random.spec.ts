import fc from "fast-check";
import { InvalidQueryError, ValidationError } from "freehold";
import { onEveryEngine } from "../support/databases";
import { aliceRows, Project, SECRET, Task, world } from "./world";
import { written } from "./hand-written";

/** Texts that are taken: random changes of them are far more often taken too than random words are. */
const seeds: readonly string[] = [
  "select t . title from {task} where t . task_id > 0 order by t . title limit 5",
  "with x as ( select * from {task} ) select x . title , count ( * ) as n from x left join {project} on x . project_id = p . project_id group by x . title",
  "with recursive r ( n ) as ( select 1 union all select n + 1 from r where n < 5 ) select r . n , t . title from r , {task}",
  "select name as title from {project} union all select title from ( select title from {task} ) as y",
  "select ( select max ( title ) from {task} ) as title , exists ( select 1 from {project} where p . name in ( select title from {task} ) ) as e",
  "select case when t . title like 'a%' then 'x' else t . title end as title , sum ( 1 ) over ( partition by project_id order by title ) as n from {task}",
  "select u . user_id , j . value as v from {user} , json_each ( '[1]' ) as j where u . user_id between 1 and 9 and not j . value is null",
];

const vocabulary: readonly string[] = [
  "task", `"task"`, "[task]", "`task`", "'task'", "TASK", "main", "main.task", `"main"."task"`, "project", "token", "setting", "sqlite_master", "pragma_table_list",
  "{task}", "{project}", "{user}", "select", "from", "where", "join", "left join", "cross join", "natural join", ",", "(", ")", "*", ".", "as", "in", "not in", "exists", "union", "union all",
  "intersect", "except", "values", "with", "recursive", "x", "y", "t", "p", "r", "title", "name", "task_id", "user_id", "rowid", "order by", "group by", "having", "limit", "offset", "on", "using",
  "case", "when", "then", "else", "end", "is", "distinct", "is distinct from", "null", "1", "0", "=", "<>", "||", "'", `"`, "`", "[", "]", "--", "/*", "*/", "\n", ";", "?", "count", "max",
  "group_concat", "json_each", "over", "partition by", "window", "filter", "collate nocase", "indexed by", "not indexed", "returning", "into", "insert", "update", "delete", "attach", "''", `""`, "e'", "x'", "$$",
];

/** What may stand for a word of its own kind: most such texts are taken, or fail in the database alone. */
const names: readonly string[] = [
  "task", `"task"`, "[project]", "`setting`", "x", "y", "t", "p", "r", "u", "title", "name", "task_id", "project_id", "user_id", "rowid", "n", "main", "{task}", "{project}", "sqlite_master",
];

const word = fc.constantFrom(...vocabulary);
const soup = fc.array(word, { maxLength: 14 }).map((words) => `select ${words.join(" ")}`);
type Change = { readonly at: number; readonly kind: string; readonly word: string; readonly name: string };
const change = (kind: fc.Arbitrary<string>): fc.Arbitrary<Change> => fc.record({ at: fc.nat(), kind, word, name: fc.constantFrom(...names) });
const rename = change(fc.constant("rename"));
const anyChange = fc.oneof({ weight: 5, arbitrary: rename }, { weight: 1, arbitrary: change(fc.constantFrom("insert", "replace", "remove", "swap")) });

function changed(seed: string, changes: readonly Change[]): string {
  const words = seed.split(" ");
  for (const { at, kind, word: other, name } of changes) {
    const index = at % words.length;
    const named = words.flatMap((found, place) => names.includes(found) ? [place] : []);
    if (kind === "rename") words.splice(named[at % named.length] ?? index, 1, name);
    else if (kind === "insert") words.splice(index, 0, other);
    else if (kind === "replace") words.splice(index, 1, other);
    else if (kind === "remove") words.splice(index, 1, ...(words.length > 1 ? [] : [other]));
    else words.splice(index, 2, words[index + 1] ?? other, words[index] ?? other);
  }
  return words.join(" ");
}

const mutated = (changes: fc.Arbitrary<readonly Change[]>): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...seeds), changes).map(([seed, done]) => changed(seed, done));
const mutant = mutated(fc.array(anyChange, { minLength: 1, maxLength: 3 }));
/** One other name is taken about every sixth time, so that enough texts run at all. */
const neighbour = mutated(fc.tuple(rename));

onEveryEngine("hand-written sql at random", (databases) => {
  it("never shows the other's rows, whatever of it is taken", async () => {
    const w = await world(databases);
    const project = await w.db.repository(Project).insert(w.bobCtx, { name: "bobs project" });
    await w.db.repository(Task).insert(w.bobCtx, { project_id: project.project_id, title: "bobs task" });
    const before = await aliceRows(w);
    const counts = { refused: 0, failed: 0, ran: 0 };
    await fc.assert(fc.asyncProperty(fc.oneof({ weight: 1, arbitrary: soup }, { weight: 3, arbitrary: mutant }, { weight: 3, arbitrary: neighbour }), async (text) => {
      let query;
      try {
        query = written(w.db, w.bobCtx, text, { timeoutMs: 100, maxRows: 500 });
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidQueryError);
        counts.refused++;
        return;
      }
      try {
        const rows = await query.rows();
        counts.ran++;
        expect(JSON.stringify(rows)).not.toContain(SECRET);
      } catch (error) {
        if (!(error instanceof InvalidQueryError || error instanceof ValidationError)) throw error;
        expect(error.message).not.toContain(SECRET);
        counts.failed++;
      }
      // Nothing but a table's own hole names one, and behind FROM stands no name that the text gave.
      const sent = (databases.events.filter((event) => event.operation === "sql").at(-1)?.sql ?? "").replaceAll(/\(select "\w+"\.[^()]* from "\w+"(?: where "\w+"\."user_id" = (?:\?|\$\d+::bigint))?(?: (?:where|and) freehold_in_time\([^()]*\))?\) as/g, "hole as");
      // On SQLite names of the text stand between other signs than the library's own; PostgreSQL has only one sign.
      const plain = databases.dialect === "sqlite" ? sent : sent.replace(/'(?:[^']|'')*'|"((?:[^"]|"")*)"/g, (part, name: string | undefined) => name === undefined ? part : `\`${name}\``);
      const bones = plain.replace(/'(?:[^']|'')*'|`(?:[^`]|``)*`/g, (part) => part.startsWith("'") ? "''" : /^`freehold_cte_\d+`$/.test(part) ? "with_name" : "`name`");
      expect(bones).not.toContain('"');
      expect(bones.replaceAll("distinct from", "")).not.toMatch(/(from|join) `/);
    }), { numRuns: 700 });
    expect(counts.ran).toBeGreaterThan(20);
    expect(counts.refused).toBeGreaterThan(100);
    expect(await aliceRows(w)).toEqual(before);
  });
});
