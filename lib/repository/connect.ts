/** A row that is there already, as `insert` takes it for a relation; only `connect` makes one. */
export class Connect {
  declare private readonly brand: never;
  readonly #id: unknown;

  constructor(id: unknown) {
    this.#id = id;
    Object.freeze(this);
  }

  /** Whether a value was made by `connect`: an object that merely looks like it is none. */
  static is(value: unknown): value is Connect {
    return typeof value === "object" && value !== null && #id in value;
  }

  static idOf(value: Connect): unknown { return value.#id; }
}

/**
 * Names a row that is there already by its key, where `insert` takes data of a relation.
 *
 * @example
 * await tasks.insert(ctx, { title: "Paint", project: connect(3), tags: [connect(1), { name: "new" }] });
 */
export function connect(id: string | number | bigint | Readonly<Record<string, unknown>>): Connect {
  return new Connect(id);
}
