/** Runs asynchronous jobs one after the other, in the order in which they came; a failed job does not stop the next one. */
export class SerialQueue {
  #tail: Promise<void> = Promise.resolve();
  #jobs = 0;

  /**
   * Queues a job and answers with its result.
   * @throws the signal's reason when it aborts before the job has started; the job then never runs.
   */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let started = false;
    this.#jobs += 1;
    const turn = this.#tail.then(() => {
      signal?.throwIfAborted();
      started = true;
      return job();
    });
    const over = (): void => { this.#jobs -= 1; };
    this.#tail = turn.then(over, over);
    if (signal === undefined) return turn;
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => {
        if (!started) reject(signal.reason as Error);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      turn.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort)).catch(ignore);
    });
  }

  /** Whether a job is queued or running. */
  get busy(): boolean {
    return this.#jobs > 0;
  }

  /** Resolves when no job is queued or running, jobs that came meanwhile included. */
  async idle(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#tail;) {
      seen = this.#tail;
      await seen;
    }
  }
}

function ignore(): void {
  // The caller of `run` sees the outcome; the queue only needs to know that the job is over.
}
