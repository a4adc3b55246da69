/** One way in which a user's data reached the other, or was changed by the other. */
export interface Leak {
  /**
   * `value`: a value of the other's row was in an answer; `difference`: an answer, or a row that was written, depends on the other's rows;
   * `write`: the other's row was changed; `reference`: a row points at the other's; `oracle`: an id tells whether the other has such a row.
   */
  readonly kind: "value" | "difference" | "write" | "reference" | "oracle";
  /** Who learnt of it, or did it: `"A"` or `"B"`. */
  readonly user: string;
  /** Where in the answer, such as `result[0].title`, or in which row. */
  readonly path: string;
  /** Whose value it was, such as `Document.title`, where that is known. */
  readonly source: string | undefined;
  readonly message: string;
}

/**
 * What `expectIsolated` fails with: the function let one user's data reach the other.
 *
 * @example
 * await test.expectIsolated(list, { seed }).catch((error) => console.log(error instanceof IsolationError && error.leaks));
 */
export class IsolationError extends Error {
  readonly leaks: readonly Leak[];

  constructor(name: string, leaks: readonly Leak[]) {
    const shown = leaks.slice(0, MOST_SHOWN).map(({ message }) => `\n  - ${message}`).join("");
    const more = leaks.length > MOST_SHOWN ? `\n  - and ${leaks.length - MOST_SHOWN} more (error.leaks)` : "";
    super(`${name} does not keep users apart:${shown}${more}`);
    this.name = "IsolationError";
    this.leaks = Object.freeze([...leaks]);
  }
}

const MOST_SHOWN = 10;

/** What the helpers for tests fail with when they cannot do or tell what they are asked for. */
export class TestSetupError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "TestSetupError";
  }
}

export const testSetup = {
  notEmpty: (tables: readonly string[]) => new TestSetupError(
    `The database already has rows (${tables.join(", ")}), and a test database is emptied again and again: give it one of its own, such as sqlite3({ file: ":memory:" }).`),
  closed: () => new TestSetupError("The test database has been closed: make a new one, or close it after the last test (afterAll)."),
  insideRollback: (what: string) => new TestSetupError(`${what} cannot be called inside rolledBack(): it would wait for that transaction's end. Call it before or after.`),
  notAWork: () => new TestSetupError("rolledBack takes the function that is to run, as in rolledBack(async () => { … })."),
  noOwner: () => new TestSetupError("None of the entities has an owner, so there is no user to act as: list an owned entity, or give the owner entity as `owner`."),
  severalOwners: (names: readonly string[]) => new TestSetupError(`The entities have several owner entities (${names.join(", ")}): say which one asUser() makes, as in { owner: ${names[0]} }.`),
  ownerUnnamed: (name: string) => new TestSetupError(`The entities are owned by ${name}: say so, as in createTestDatabase({ owner: ${name}, … }), so that the types know it too.`),
  notAnEntity: (name: string) => new TestSetupError(`${name} is no entity of this database: list it in createTestDatabase({ entities }).`),
  unknownProperty: (entity: string, property: string, known: readonly string[]) => new TestSetupError(`${entity} has no property ${property}; it has ${known.join(", ")}.`),
  contextMissing: (entity: string) => new TestSetupError(`Rows of ${entity} have owners: give create() a user of asUser(), or a context, first.`),
  circle: (path: readonly string[]) => new TestSetupError(`The factories need each other in a circle (${path.join(" -> ")}): give one of the references a value.`),
  badCount: (given: unknown) => new TestSetupError(`createMany takes a whole number of rows from 0, not ${String(given)}.`),
  notAFunction: () => new TestSetupError("expectIsolated takes the function under test first, as in expectIsolated((user) => list(user.db, user.ctx), { seed })."),
  noSeed: () => new TestSetupError("expectIsolated needs { seed: async (user) => … }, which stores the rows of one user: without rows there is nothing that could leak."),
  unknownOption: (name: string, known: readonly string[]) => new TestSetupError(`expectIsolated has no option ${name}; it has ${known.join(", ")}.`),
  nothingSeeded: (label: string) => new TestSetupError(`seed() stored no row that belongs to user ${label}, so that nothing could leak: store some with user.ctx.`),
  seedVaries: (entity: string, detail: string) => new TestSetupError(
    `seed() stored other rows for the same user the second time (${entity}: ${detail}): use user.text() and user.number(), or sequence(), instead of counters and random values of its own.`),
  varies: (path: string, first: string, second: string) => new TestSetupError(
    `The function gives different answers for the same rows (${path} was ${first}, then ${second}), so that a difference that the other user makes could not be told: hold still what varies, or leave it out with { normalize: (answer) => … }.`),
  alwaysThrows: (cause: unknown) => new TestSetupError(
    `The function threw for both users with their own rows, so that nothing was tried: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}. If that is what it shall do, say { throws: true }.`, cause),
  tooLarge: (most: number) => new TestSetupError(`The answer has more than ${most} values: give expectIsolated fewer rows, or leave parts out with { normalize: (answer) => … }.`),
};
