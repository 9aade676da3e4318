/** Work that is repeated. `close` begins it no more, and resolves when the one that runs has ended. */
export interface Schedule {
  close(): Promise<void>;
}

/** Does the work every so many seconds, counted from its end: two never run at once. It does not keep the process alive. */
export function scheduled(
  seconds: number,
  work: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Schedule {
  let running = Promise.resolve();
  let closed = false;
  let timer = begin();

  function begin(): NodeJS.Timeout {
    return setTimeout(() => (running = run()), seconds * 1000).unref();
  }

  async function run(): Promise<void> {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    if (!closed) timer = begin();
  }

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
