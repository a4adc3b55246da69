/** Sends off what waits, one piece of it. */
export interface Sender<W extends object> {
  send(work: W): void;
}

/** Work that waits for the end of the turn, so that more of its kind can join it; any other statement sends it off first. */
export class Pending {
  readonly #waiting = new Map<object, Sender<object>>();

  /** Whether anything waits. */
  get any(): boolean {
    return this.#waiting.size > 0;
  }

  add<W extends object>(work: W, sender: Sender<W>): void {
    this.#waiting.set(work, sender);
  }

  /** @returns whether it still waited */
  remove(work: object): boolean {
    return this.#waiting.delete(work);
  }

  /** Sends off all that waits, in the order in which it came; what that does meanwhile finds nothing waiting. */
  flush(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [work, sender] of waiting) sender.send(work);
  }
}
