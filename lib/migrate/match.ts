import type { ColumnChange, SchemaChange, TableChange } from "../dialect/migration-dialect";
import { isRequired, type ColumnShape, type SchemaShape, type TableShape } from "../dialect/schema-shape";
import { undecided, unknownConvert, unknownFill, unknownRename } from "../errors/migration-errors";
import { nameText, parseFill, parseRename, type Decisions, type Fill, type Rename, type RenameQuestion } from "./decisions";

/** A pair of what was and what is; one of the two is missing where something came or went. */
interface Pair<T> {
  readonly from: T | null;
  readonly to: T | null;
}

interface Naming<T> {
  /** Whether the new one is the old one by a rename that somebody declared. */
  readonly renamed: (from: T, to: T) => boolean;
  /** What tells each from the others, the surest first. */
  readonly keys: readonly ((one: T) => string)[];
  readonly question: (added: T, candidates: readonly T[]) => RenameQuestion;
}

/**
 * Finds out what became of each table and column. What has kept its name is the same; of the rest somebody has to say which is which.
 *
 * @throws MigrationError when nobody does, and for decisions about what is not there
 */
export async function matchShapes(from: SchemaShape, to: SchemaShape, decisions: Decisions): Promise<SchemaChange> {
  const renames = (decisions.renames ?? []).map(parseRename);
  const fills = (decisions.fills ?? []).map(parseFill);
  const converts = (decisions.converts ?? []).map(parseFill);
  const open: RenameQuestion[] = [];
  const ask = async (question: RenameQuestion): Promise<string | null> => {
    if (decisions.decide !== undefined) return decisions.decide(question);
    open.push(question);
    return null;
  };
  const tables = await pairs(from.tables, to.tables, {
    renamed: (old, one) => renames.some((rename) => rename.from.property === null && rename.from.entity === old.entity && rename.to.entity === one.entity),
    keys: [({ entity }) => entity, ({ table }) => table],
    question: (added, candidates) => ({ kind: "entity", added: added.entity, candidates: candidates.map(({ entity }) => entity) }),
  }, ask);
  const changes: TableChange[] = [];
  for (const pair of tables) {
    if (pair.from === null || pair.to === null) continue;
    const [before, after] = [pair.from, pair.to];
    const columns = await pairs(before.columns, after.columns, {
      renamed: (old, one) => renames.some((rename) => rename.from.property === old.property && rename.from.entity === before.entity
        && rename.to.property === one.property && rename.to.entity === after.entity),
      keys: [({ property }) => property, ({ column }) => column],
      question: (added, candidates) => ({
        kind: "property", added: `${after.entity}.${added.property}`, candidates: candidates.map(({ property }) => `${before.entity}.${property}`),
      }),
    }, ask);
    changes.push({ from: before, to: after, columns: columns.map((column) => ({ ...column, fill: expressionFor(after, column, fills), convert: expressionFor(after, column, converts) })) });
  }
  if (open.length > 0) throw undecided(open);
  checkRenames(renames, from, to);
  checkFills(fills, changes, takesFill, unknownFill);
  checkFills(converts, changes, ({ from: old, to: one }) => old !== null && one !== null, unknownConvert);
  return {
    from, to, tables: changes,
    added: tables.flatMap((pair) => pair.from === null && pair.to !== null ? [pair.to] : []),
    removed: tables.flatMap((pair) => pair.to === null && pair.from !== null ? [pair.from] : []),
  };
}

async function pairs<T extends TableShape | ColumnShape>(
  from: readonly T[], to: readonly T[], { renamed, keys, question }: Naming<T>, ask: (question: RenameQuestion) => Promise<string | null>,
): Promise<readonly Pair<T>[]> {
  const left = new Set(from);
  const found = new Map<T, T>();
  const match = (rule: (old: T, one: T) => boolean): void => {
    for (const one of to) {
      const old = found.has(one) ? undefined : [...left].find((candidate) => rule(candidate, one));
      if (old === undefined) continue;
      found.set(one, old);
      left.delete(old);
    }
  };
  match(renamed);
  for (const key of keys) match((old, one) => key(old) === key(one));
  for (const one of to) {
    if (found.has(one) || left.size === 0) continue;
    const candidates = [...left];
    const asked = question(one, candidates);
    const answer = await ask(asked);
    const old = answer === null ? undefined : candidates[asked.candidates.indexOf(answer)];
    if (old === undefined) continue;
    found.set(one, old);
    left.delete(old);
  }
  return [...to.map((one) => ({ from: found.get(one) ?? null, to: one })), ...[...left].map((old) => ({ from: old, to: null }))];
}

function expressionFor({ entity }: TableShape, { to }: Pair<ColumnShape>, fills: readonly Fill[]): string | null {
  return to === null ? null : fills.find((candidate) => candidate.entity === entity && candidate.property === to.property)?.expression ?? null;
}

function checkRenames(renames: readonly Rename[], from: SchemaShape, to: SchemaShape): void {
  const has = ({ tables }: SchemaShape, entity: string, property: string | null): boolean =>
    tables.some((table) => table.entity === entity && (property === null || table.columns.some((column) => column.property === property)));
  for (const rename of renames) {
    if (!has(from, rename.from.entity, rename.from.property)) throw unknownRename(nameText(rename.from), "the snapshot");
    if (!has(to, rename.to.entity, rename.to.property)) throw unknownRename(nameText(rename.to), "the model");
  }
}

/** A value that nothing would take is a slip. */
function checkFills(fills: readonly Fill[], changes: readonly TableChange[], takes: (change: ColumnChange) => boolean, refuse: (name: string) => Error): void {
  for (const fill of fills) {
    const change = changes.find(({ to }) => to.entity === fill.entity)?.columns.find(({ to }) => to?.property === fill.property);
    if (change === undefined || !takes(change)) throw refuse(nameText(fill));
  }
}

function takesFill({ from, to }: ColumnChange): boolean {
  return to !== null && (from === null || from.type !== to.type || from.kind !== to.kind || (from.nullable && !to.nullable));
}

/** The change that undoes another one. */
export function inverse({ from, to, tables, added, removed }: SchemaChange): SchemaChange {
  return {
    from: to, to: from, added: removed, removed: added,
    tables: tables.map((table) => ({ from: table.to, to: table.from, columns: table.columns.map(inverseColumn) })),
  };
}

/** The values of a column that comes back are gone for good: where it must have some, they are all alike. */
function inverseColumn({ from, to }: ColumnChange): ColumnChange {
  const required = from !== null && to === null && isRequired(from);
  return { from: to, to: from, fill: required ? from.neutral : null, convert: null };
}
