import type { Database } from "../../database";
import { testSetup } from "../../errors/testing-errors";
import type { InsertData } from "../../repository/data";
import { TestUser } from "../test-user";

/** The two users. */
export type Label = "A" | "B";

export const LABELS: readonly Label[] = ["A", "B"];

export function otherOf(label: Label): Label {
  return label === "A" ? "B" : "A";
}

/** The user in whose name the function under test is called. */
export class Subject<O extends object> extends TestUser<O> {
  readonly label: Label;

  /** Internal: `expectIsolated` makes them. */
  constructor(db: Database, user: O, label: Label) {
    super(db, user);
    this.label = label;
  }
}

/** The user whose rows `seed` stores; it makes values that nobody else has, and the same ones each time. */
export class SeedUser<O extends object> extends Subject<O> {
  #count = 0;

  /** A text such as `title of A 1`. */
  text(hint = "text"): string {
    return `${hint} of ${this.label} ${++this.#count}`;
  }

  /** A whole number that is this user's alone, of seven digits. */
  number(): number {
    return (this.label === "A" ? 4_100_000 : 5_200_000) + ++this.#count * 17;
  }
}

/** The options of `expectIsolated`. */
export interface IsolationOptions<O extends object, F, S, I, R> {
  /** Stores the rows of one user, the same for each call of the same user; what it returns is the user's fixture. */
  readonly seed: (user: SeedUser<O>, shared: S) => F | Promise<F>;
  /** Stores what is nobody's, such as countries, before there are users. */
  readonly shared?: (db: Database) => S | Promise<S>;
  /**
   * What the function is called with, made of a fixture: usually ids. Besides with its own, each user calls it with the other's, and
   * must be answered as if there were no such rows.
   */
  readonly input?: (fixture: F) => I;
  /** The columns of each user itself; default made up. */
  readonly userData?: (label: Label) => InsertData<O>;
  /** Leaves out of an answer what varies from call to call. */
  readonly normalize?: (answer: Awaited<R>) => unknown;
  /** Whether users may know of each other, but not of what they own; default false. */
  readonly publicOwners?: boolean;
  /** Texts, numbers and moments of a user's rows that an answer may hold for another reason. */
  readonly allow?: readonly (string | number | bigint | Date)[];
  /** Whether the function shall throw with the user's own rows too; default false. */
  readonly throws?: boolean;
  /** Whether it is also called for both users at once; default true. */
  readonly concurrent?: boolean;
}

/** A function that takes something needs to be given it. */
export type InputFor<I> = [I] extends [undefined] ? unknown : { readonly input: unknown };

/** What the function answered each of the users while it was alone; undefined where it threw. */
export interface Isolated<R> {
  readonly a: Awaited<R> | undefined;
  readonly b: Awaited<R> | undefined;
}

const OPTIONS = ["seed", "shared", "input", "userData", "normalize", "publicOwners", "allow", "throws", "concurrent"];

export function checkIsolation(work: unknown, options: unknown): void {
  if (typeof work !== "function") throw testSetup.notAFunction();
  if (typeof options !== "object" || options === null || typeof (options as { readonly seed?: unknown }).seed !== "function") throw testSetup.noSeed();
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw testSetup.unknownOption(unknown, OPTIONS);
}
