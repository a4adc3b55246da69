/** The clock of a test database, which can be told to stand still. */
export class HeldClock {
  held: Date | null = null;
  readonly #running: () => Date;

  constructor(running: () => Date) {
    this.#running = running;
  }

  readonly now = (): Date => this.held === null ? this.#running() : new Date(this.held);
}
