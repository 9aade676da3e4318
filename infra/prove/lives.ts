/** Processes that end in the middle of what they do: between two steps, a step being a call to the outside or its answer. */
export interface Lives {
  /** Steps that were begun by all processes until now. */
  readonly steps: number;
  /** How many processes have ended before their time. */
  readonly deaths: number;
  /** Ends the process of the moment as it begins the n-th step from now: nothing of it runs any more, no `finally` either. */
  endAt(step: number): void;
  /** Starts a new process in place of the present one. */
  begin(): void;
  /** Lets a call through and its answer back, unless the process ends before or after the effect. */
  through<Result>(effect: () => Promise<Result>): Promise<Result>;
  /** Every function of a port, with its calls let through. */
  wrap<Port extends object>(port: Port): Port;
  /** What the work came to, or `undefined` when the process ended before it did. */
  outlive<Result>(work: Promise<Result>): Promise<Result | undefined>;
}

export function lives(): Lives {
  const ends = new Set<number>();
  let steps = 0;
  let deaths = 0;
  let end = () => {};
  let ended = new Promise<undefined>((resolve) => (end = () => resolve(undefined)));
  const never = <Result>() => new Promise<Result>(() => {});

  function through<Result>(own: { isOver: boolean }, effect: () => Promise<Result>): Promise<Result> {
    const step = (): boolean => {
      if (own.isOver) return false;
      steps += 1;
      if (!ends.has(steps)) return true;
      own.isOver = true;
      deaths += 1;
      end();
      return false;
    };
    return new Promise((resolve, reject) => {
      if (!step()) return;
      effect().then(
        (result) => (step() ? resolve(result) : undefined),
        (error: unknown) => (step() ? reject(error as Error) : undefined),
      );
    });
  }

  let own = { isOver: false };
  return {
    get steps() {
      return steps;
    },
    get deaths() {
      return deaths;
    },
    endAt(step) {
      ends.add(steps + step);
    },
    begin() {
      // Calls of the process before that are still on their way have no process to return to.
      own.isOver = true;
      own = { isOver: false };
      ended = new Promise((resolve) => (end = () => resolve(undefined)));
    },
    through: (effect) => (own.isOver ? never() : through(own, effect)),
    wrap(port) {
      const process = own;
      const wrapped = Object.entries(port).map(([name, value]) => [
        name,
        typeof value === "function"
          ? (...given: unknown[]) => through(process, async () => value.apply(port, given) as unknown)
          : value,
      ]);
      return Object.fromEntries(wrapped) as typeof port;
    },
    outlive: (work) => Promise.race([work, ended]),
  };
}
