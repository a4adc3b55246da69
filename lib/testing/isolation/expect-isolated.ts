import { setTimeout } from "node:timers/promises";
import { IsolationError, testSetup, type Leak } from "../../errors/testing-errors";
import { differences, Names, placeOf, type Compared, type Difference } from "./compare";
import { marksOf, searched, type Mark } from "./marks";
import { RUN_IDS, type Place } from "./numbers";
import { checkIsolation, LABELS, otherOf, type Isolated, type IsolationOptions, type Label, type Subject } from "./options";
import { asLeaves, rowsOf, type RowLeaf } from "./rows";
import { play, type Answer, type Played, type Scene, type Seat, type Stage } from "./scene";

/** Plays a function in every scene, and fails with all that it let through. */
export async function expectIsolated<O extends object, R, F, S, I>(
  stage: Stage<O>, work: (user: Subject<O>, input: I) => R, given: IsolationOptions<O, F, S, I, R>,
): Promise<Isolated<R>> {
  checkIsolation(work, given);
  // Between here and the answers, nothing looks at what the values are.
  const options = given as unknown as IsolationOptions<O, unknown, unknown, unknown, unknown>;
  const call = work as unknown as (subject: Subject<O>, input: unknown) => unknown;
  const judge = new Judge(stage, options);
  const run = (scene: Scene): Promise<Played> => play({ stage, call, options, since: judge.since }, scene);
  try {
    const alone = await playAlone(run, judge, options.throws === true);
    for (const scene of together(options.concurrent !== false)) judge.compare(await run(scene), alone);
    if (options.input !== undefined) for (const label of LABELS) judge.compareAttack(label, ...await attack(run, label, options.input));
    if (judge.doubts) await reconsider(run, judge);
    judge.finish(work.name || "The function");
    const value = (label: Label): Awaited<R> | undefined => alone.get(`${label}1`)?.answers.get(label)?.value as Awaited<R> | undefined;
    return { a: value("A"), b: value("B") };
  } finally {
    stage.clock.held = null;
    await stage.reset();
  }
}

type Run = (scene: Scene) => Promise<Played>;

const aloneScene = (label: Label, place: Place): Scene => ({ name: `${label} alone`, seeds: [{ label, place }], calls: [[label]] });

/** What each user sees without the other, by its label and place. */
type Alone = ReadonlyMap<string, Played>;

function together(concurrent: boolean): readonly Scene[] {
  const [ab, ba] = [seats("A", "B"), seats("B", "A")];
  return [
    { name: "rows of A, then of B; called by B, then by A", seeds: ab, calls: [["B"], ["A"]] },
    { name: "rows of B, then of A; called by A, then by B", seeds: ba, calls: [["A"], ["B"]] },
    ...concurrent ? [{ name: "rows of A, then of B; called by both at once", seeds: ab, calls: [["A", "B"]] } as const] : [],
  ];
}

function seats(first: Label, second: Label): readonly Seat[] {
  return [{ label: first, place: 1 }, { label: second, place: 2 }];
}

/** One of them twice, to know what varies by itself. */
async function playAlone<O extends object>(run: Run, judge: Judge<O>, throws: boolean): Promise<Alone> {
  const first = await run(aloneScene("A", 1));
  judge.learn(first, await run(aloneScene("A", 1)));
  const alone = new Map<string, Played>([["A1", first]]);
  for (const [label, place] of [["B", 1], ["A", 2], ["B", 2]] as const) alone.set(`${label}${place}`, await run(aloneScene(label, place)));
  const thrown = LABELS.map((label) => alone.get(`${label}1`)?.answers.get(label)?.thrown);
  const [error] = thrown;
  for (const played of alone.values()) judge.keep(played);
  if (!throws && error && thrown.every((one) => one)) throw testSetup.alwaysThrows(error.error);
  return alone;
}

/**
 * A user calls with what belongs to the other: while that is there, and with the very same while it is not. The other's rows come second:
 * where keys only ever count on, those are the user's own in no database.
 */
async function attack(run: Run, label: Label, input: (fixture: unknown) => unknown): Promise<readonly [Played, Played]> {
  const victim = otherOf(label);
  let passed: unknown;
  const there = await run({
    name: `${label} calls with what is ${victim}'s`, seeds: seats(label, victim), calls: [[label]],
    input: (fixtures) => passed = input(fixtures.get(victim)),
  });
  const gone = await run({ name: `${label} calls with ids of nobody`, seeds: [{ label, place: 1 }], calls: [[label]], input: () => passed });
  return [there, gone];
}

/**
 * Differences may be the function's own all the same: what turns with the second, or what a coin decides, can look alike twice. The first
 * of three equal scenes only puts back what the function remembers of the others.
 */
async function reconsider<O extends object>(run: Run, judge: Judge<O>): Promise<void> {
  await run(aloneScene("A", 1));
  const first = await run(aloneScene("A", 1));
  if (judge.doubts === "tokens") await setTimeout(SECOND_MS);
  judge.reconsider(first, await run(aloneScene("A", 1)));
}

const SECOND_MS = 1_050;

/** A leak that was found by a difference. */
interface Doubt {
  readonly leak: Leak;
  readonly opaque: boolean;
}

/** Gathers what was played and finds what must not be. */
class Judge<O extends object> {
  readonly since = Date.now();
  readonly #stage: Stage<O>;
  readonly #options: IsolationOptions<O, unknown, unknown, unknown, unknown>;
  readonly #played: Played[] = [];
  readonly #leaks: Leak[] = [];
  #differences: Doubt[] = [];
  #masked: ReadonlySet<string> = new Set();

  constructor(stage: Stage<O>, options: IsolationOptions<O, unknown, unknown, unknown, unknown>) {
    this.#stage = stage;
    this.#options = options;
  }

  keep(played: Played): void {
    this.#played.push(played);
    this.#leaks.push(...played.leaks);
  }

  /** Learns from two equal scenes what varies by itself: tokens may, nothing else. */
  learn(first: Played, second: Played): void {
    const seeded = (played: Played): Compared => ({ leaves: asLeaves(played.before), names: this.#names(played) });
    const [varied] = differences(seeded(first), seeded(second), { masked: new Set(), live: false }).filter(({ opaque }) => !opaque);
    if (varied !== undefined) throw testSetup.seedVaries(varied.path, `${varied.first}, then ${varied.second}`);
    const { fault, places } = this.#variation(first, second);
    if (fault !== undefined) throw testSetup.varies(fault.path, fault.first, fault.second);
    this.#masked = places;
  }

  /** Whether there are differences, and whether any is one of tokens, which may turn with the second. */
  get doubts(): "tokens" | "others" | null {
    return this.#differences.some(({ opaque }) => opaque) ? "tokens" : this.#differences.length > 0 ? "others" : null;
  }

  /** Takes back what was found where equal scenes give other tokens too. */
  reconsider(first: Played, second: Played): void {
    const { fault, places } = this.#variation(first, second);
    this.#differences = this.#differences.filter(({ leak, opaque }) => !(opaque && places.has(placeOf(leak.path))));
    if (fault !== undefined && this.#differences.length > 0 && this.#found().length === this.#differences.length) throw testSetup.varies(fault.path, fault.first, fault.second);
  }

  #variation(first: Played, second: Played): { readonly fault: Difference | undefined; readonly places: ReadonlySet<string> } {
    const found = [...this.#answerDifferences("A", first, second), ...this.#rowDifferences("A", first, second)];
    return { fault: found.find(({ opaque }) => !opaque), places: new Set(found.filter(({ opaque }) => opaque).map(({ path }) => placeOf(path))) };
  }

  compare(played: Played, alone: Alone): void {
    this.keep(played);
    for (const { label, place } of played.scene.seeds) {
      const reference = alone.get(`${label}${place}`);
      if (reference !== undefined) this.#report("difference", label, reference, played, `with the rows of ${otherOf(label)} there`, `without (${played.scene.name})`);
    }
  }

  compareAttack(label: Label, there: Played, gone: Played): void {
    this.keep(there);
    this.keep(gone);
    this.#report("oracle", label, gone, there, `when it called with what is ${otherOf(label)}'s`, "with ids of nobody");
  }

  /** @throws IsolationError when anything was found */
  finish(name: string): void {
    const leaks = this.#found();
    const seen = new Set<string>();
    const apart = leaks.filter(({ kind, user, path, source }) => {
      const key = JSON.stringify([kind, user, path, source]);
      return !seen.has(key) && seen.add(key);
    });
    if (apart.length > 0) throw new IsolationError(name, mixed(apart));
  }

  #found(): readonly Leak[] {
    const marks = { A: this.#marks("A"), B: this.#marks("B") };
    const answers = this.#played.flatMap((played) => [...played.answers.values()]);
    return [...answers.flatMap((answer) => this.#values(answer, marks[answer.label])), ...this.#leaks, ...this.#differences.map(({ leak }) => leak)];
  }

  #report(kind: Leak["kind"], label: Label, alone: Played, other: Played, there: string, without: string): void {
    // New keys are drawn in any order then, and a digest of an answer that holds one is another.
    const mingled = other.scene.calls.some((step) => step.length > 1) && other.after.some(({ rows }) => rows.flat().some((text) => text?.match(RUN_IDS)));
    const report = (found: readonly Difference[], what: string): void => {
      for (const { path, first, second, opaque } of found.filter((one) => !(one.opaque && mingled)).slice(0, MOST_DIFFERENCES)) {
        const message = `${label} ${what} ${path}: ${second} ${there}, ${first} ${without}`;
        this.#differences.push({ leak: { kind, user: label, path, source: undefined, message }, opaque });
      }
    };
    report(this.#answerDifferences(label, alone, other), "got another");
    report(this.#rowDifferences(label, alone, other), "ended with another");
  }

  #names({ uuids, small }: Played): Names {
    return new Names(uuids, small, this.since);
  }

  #answerDifferences(label: Label, first: Played, second: Played): readonly Difference[] {
    const of = (played: Played): Compared => ({ leaves: played.answers.get(label)?.leaves ?? [], names: this.#names(played) });
    return differences(of(first), of(second), { masked: this.#masked, live: true });
  }

  #rowDifferences(label: Label, first: Played, second: Played): readonly Difference[] {
    const of = (played: Played): Compared => ({
      leaves: asLeaves(rowsOf(played.after, this.#stage.owner, played.keys.get(label) ?? "")), names: this.#names(played),
    });
    return differences(of(first), of(second), { masked: this.#masked, live: true });
  }

  /** The other's values in an answer, whether or not the other was there: they may come from an earlier call. */
  #values(answer: Answer, marks: readonly Mark[]): readonly Leak[] {
    const { label, scene, leaves } = answer;
    // Whoever was told a value may say it again.
    const input = answer.input.map(searched);
    const telling = marks.filter((mark) => !input.some((leaf) => mark.found(leaf)));
    return leaves.map(searched).flatMap((leaf) => telling.filter((mark) => mark.found(leaf)).map((mark): Leak => ({
      kind: "value", user: label, path: leaf.path, source: mark.source,
      message: `${label} got ${otherOf(label)}'s ${mark.source} (row ${mark.row}: ${JSON.stringify(mark.shown)}) in ${leaf.path} (${scene})`,
    })));
  }

  /** By what the rows of a user's counterpart can be told. */
  #marks(label: Label): readonly Mark[] {
    const { publicOwners, allow = [] } = this.#options;
    const { name: owner } = this.#stage.owner;
    const of = (wanted: Label): RowLeaf[] =>
      this.#played.flatMap(({ rows, keys }) => rows.filter((row) => row.owner !== null && row.owner === keys.get(wanted)));
    const people = publicOwners === true ? this.#played.flatMap(({ rows }) => rows.filter(({ entity }) => entity.name === owner)) : [];
    const known = [...of(label), ...people, ...this.#played.flatMap(({ shared }) => shared)].map(({ value }) => value);
    // The owner's key is in all of its rows: it is named as what it is.
    const theirs = of(otherOf(label)).sort((one, two) => Number(two.entity.name === owner) - Number(one.entity.name === owner));
    return marksOf(theirs, [...known, ...allow]);
  }
}

/** The first of each kind and user, then the second of each, and so on: a message shows the first few. */
function mixed(leaks: readonly Leak[]): readonly Leak[] {
  const counts = new Map<string, number>();
  const ranked = leaks.map((leak) => {
    const rank = counts.get(leak.kind + leak.user) ?? 0;
    counts.set(leak.kind + leak.user, rank + 1);
    return { leak, rank };
  });
  return ranked.sort((one, two) => one.rank - two.rank).map(({ leak }) => leak);
}

/** Where an answer differs in its first item, it often does in all. */
const MOST_DIFFERENCES = 20;
