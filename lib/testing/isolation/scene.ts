import type { Database } from "../../database";
import { testSetup, type Leak } from "../../errors/testing-errors";
import type { DatabaseModel, EntityModel } from "../../model/entity-model";
import type { InsertData } from "../../repository/data";
import type { Backstage, StoredTable } from "../backstage";
import type { Factories } from "../factory";
import type { HeldClock } from "../held-clock";
import type { TestUser } from "../test-user";
import { AGES_MS, FIRST_ROWS, firstId, type Place, type Step } from "./numbers";
import { observe, Thrown, type Leaf } from "./observe";
import { LABELS, otherOf, SeedUser, Subject, type IsolationOptions, type Label } from "./options";
import { changes, crossings, keyOf, readRows, rowsOf, smallKeys, type RowLeaf } from "./rows";

/** What `expectIsolated` works with. */
export interface Stage<O extends object> {
  readonly db: Database;
  readonly model: DatabaseModel;
  readonly owner: EntityModel;
  readonly backstage: Backstage;
  readonly clock: HeldClock;
  readonly factories: Factories;
  asUser(data: InsertData<O>): Promise<TestUser<O>>;
  reset(): Promise<void>;
}

/** A user, and which place its ids say that it has. */
export interface Seat {
  readonly label: Label;
  readonly place: Place;
}

/** Which rows there are, and who calls the function then. */
export interface Scene {
  readonly name: string;
  /** The users whose rows there are, in the order in which they were stored. */
  readonly seeds: readonly Seat[];
  /** Who calls, one step after the other; within a step, at once. */
  readonly calls: readonly (readonly Label[])[];
  /** What is passed instead of what is made of the caller's own fixture. */
  readonly input?: (fixtures: ReadonlyMap<Label, unknown>) => unknown;
}

/** What one user got. */
export interface Answer {
  readonly label: Label;
  readonly scene: string;
  readonly value: unknown;
  readonly thrown: Thrown | null;
  readonly leaves: readonly Leaf[];
  /** What it was called with. */
  readonly input: readonly Leaf[];
}

/** What came of a scene. */
export interface Played {
  readonly scene: Scene;
  readonly answers: ReadonlyMap<Label, Answer>;
  readonly fixtures: ReadonlyMap<Label, unknown>;
  readonly keys: ReadonlyMap<Label, string>;
  /** Values of rows before the function was called. */
  readonly rows: readonly RowLeaf[];
  /** Those that were there before there were users. */
  readonly shared: readonly RowLeaf[];
  /** What stands for the uuids of rows: when and where they came to be. */
  readonly uuids: ReadonlyMap<string, string>;
  /** What stands for keys that the database counts from where nobody can tell it. */
  readonly small: ReadonlyMap<string, ReadonlySet<string>>;
  readonly before: readonly StoredTable[];
  readonly after: readonly StoredTable[];
  readonly leaks: readonly Leak[];
}

interface Work<O extends object> {
  readonly stage: Stage<O>;
  readonly call: (subject: Subject<O>, input: unknown) => unknown;
  readonly options: IsolationOptions<O, unknown, unknown, unknown, unknown>;
  /** When it all began. */
  readonly since: number;
}

const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** Sets a scene on an empty database and plays it. */
export async function play<O extends object>(work: Work<O>, scene: Scene): Promise<Played> {
  const { stage, options } = work;
  const { db, model, owner, backstage } = stage;
  const system = db.system("expectIsolated");
  const uuids = new Map<string, string>();
  const look = async (before: readonly StoredTable[], step: Step): Promise<readonly StoredTable[]> => {
    const next = await backstage.stored(system);
    nameUuids(step, before, next, uuids);
    return next;
  };
  await stage.reset();
  await begin(work, "shared");
  const common: unknown = await options.shared?.(db);
  let stored = await look([], "shared");
  const shared = options.shared === undefined ? [] : await readRows(db, model, owner, system);

  const users = new Map<Label, TestUser<O>>();
  const join = async ({ label, place }: Seat): Promise<void> => {
    await begin(work, label, place);
    users.set(label, await stage.asUser(options.userData?.(label) ?? {}));
  };
  if (options.publicOwners === true) for (const label of LABELS) await join({ label, place: 1 });
  const subjects = new Map<Label, Subject<O>>();
  const fixtures = new Map<Label, unknown>();
  for (const seat of scene.seeds) {
    const { label, place } = seat;
    if (users.has(label)) await begin(work, label, place);
    else await join(seat);
    const user = users.get(label);
    if (user === undefined) continue;
    const fixture = await options.seed(new SeedUser(db, user.user, label), common);
    subjects.set(label, new Subject(db, user.user, label));
    fixtures.set(label, fixture);
    stored = await look(stored, label);
  }
  const keys = new Map([...users].map(([label, { ctx }]) => [label, String(ctx.key)] as const));
  for (const { label } of scene.seeds) checkSeeded(stored, owner, label, keys.get(label) ?? "");
  const rows = await readRows(db, model, owner, system);
  const before = stored;

  const answers = new Map<Label, Answer>();
  const leaks: Leak[] = [];
  for (const step of scene.calls) {
    const earlier = stored;
    await begin(work, "run", step.length > 1 ? 1 : scene.seeds.find(({ label }) => label === step[0])?.place);
    const given = await Promise.all(step.flatMap((label) => {
      const subject = subjects.get(label);
      return subject === undefined ? [] : [answer(work, scene, subject, scene.input === undefined ? options.input?.(fixtures.get(label)) : scene.input(fixtures))];
    }));
    for (const one of given) answers.set(one.label, one);
    // What is new now is told by the order in which it is met: who was first, where both called at once, nobody knows.
    stored = await backstage.stored(system);
    const [only] = step;
    const victim = only === undefined ? undefined : keys.get(otherOf(only));
    if (only === undefined || step.length > 1 || victim === undefined) continue;
    leaks.push(...written(only, scene, changes(earlier, stored, owner, victim), "write"));
    leaks.push(...written(only, scene, crossings(stored, owner, keys.get(only) ?? "", victim), "reference"));
  }
  const small = smallKeys([before, stored], owner, keys, (table) => backstage.countsByItself(table));
  return { scene, answers, fixtures, keys, rows, shared, uuids, small, before, after: stored, leaks };
}

/** Each step has numbers and a moment of its own, the same in every scene. */
async function begin<O extends object>({ stage, since }: Work<O>, step: Step, place: Place = 1): Promise<void> {
  stage.clock.held = new Date(since - AGES_MS[step]);
  stage.factories.countFrom(FIRST_ROWS[step]);
  await stage.backstage.countFrom(firstId(step, place));
}

async function answer<O extends object>({ call, options }: Work<O>, scene: Scene, subject: Subject<O>, input: unknown): Promise<Answer> {
  const known = { label: subject.label, scene: scene.name, input: await observe(input, "input") };
  let value: unknown;
  try {
    value = await call(subject, input);
  } catch (error) {
    const thrown = new Thrown(error);
    return { ...known, value: undefined, thrown, leaves: await observe(thrown, "error") };
  }
  const normalized = options.normalize === undefined ? value : options.normalize(value);
  return { ...known, value, thrown: null, leaves: await observe(normalized) };
}

function written(label: Label, scene: Scene, found: readonly { readonly entity: string; readonly row: string; readonly what: string }[], kind: "write" | "reference"): Leak[] {
  return found.map(({ entity, row, what }) => ({
    kind, user: label, path: `${entity} ${row}`, source: entity,
    message: kind === "write"
      ? `a row of ${otherOf(label)} was ${what} when ${label} called it: ${entity} ${row} (${scene.name})`
      : `a row of ${label} points at one of ${otherOf(label)}: ${entity} ${row}, ${what} (${scene.name})`,
  }));
}

/** Rows of the owner entity itself are no test. */
function checkSeeded(stored: readonly StoredTable[], users: EntityModel, label: Label, key: string): void {
  const owned = rowsOf(stored, users, key).filter(({ model }) => model.name !== users.name);
  if (owned.every(({ rows }) => rows.length === 0)) throw testSetup.nothingSeeded(label);
}

/** A uuid is another one in each database; it is known by the step that made its row, and which one of them it is. */
function nameUuids(step: string, before: readonly StoredTable[], after: readonly StoredTable[], names: Map<string, string>): void {
  for (const { model, rows } of after) {
    const known = new Set((before.find((table) => table.model === model)?.rows ?? []).map((row) => keyOf(model, row)));
    const made = rows.filter((row) => !known.has(keyOf(model, row)));
    for (const [index, row] of made.entries()) {
      for (const [column, text] of row.entries()) {
        for (const [uuid] of (text ?? "").matchAll(UUIDS)) {
          if (!names.has(uuid.toLowerCase())) names.set(uuid.toLowerCase(), `<uuid ${step} ${model.name} ${index + 1} ${model.columns[column]?.name ?? ""}>`);
        }
      }
    }
  }
}
