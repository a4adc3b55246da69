/** Work that waits for the end of the turn, so that more of its kind can join it; any other statement sends it off first. */
export class Pending {
  readonly #waiting = new Set<() => void>();

  /** Whether anything waits. */
  get any(): boolean {
    return this.#waiting.size > 0;
  }

  /** @param send sends it off at once */
  add(send: () => void): void {
    this.#waiting.add(send);
  }

  /** @returns whether it still waited */
  remove(send: () => void): boolean {
    return this.#waiting.delete(send);
  }

  /** Sends off all that waits, in the order in which it came; what that does meanwhile finds nothing waiting. */
  flush(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const send of waiting) send();
  }
}
