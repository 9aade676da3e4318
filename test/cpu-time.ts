/**
 * The CPU time of work in this thread, in milliseconds: a machine that is busy with other work changes little of it. Tests compare it with the
 * time of less work of the same kind; how fast we are is what `npm run bench` measures.
 */
export function cpuMilliseconds(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** How many times as much CPU time eight times the work takes: about 8, and 64 where it grows with the square. */
export function growthOfEightfold(work: (share: 1 | 8) => () => unknown): number {
  const [small, large] = [work(1), work(8)];
  small();
  // The least of several times: V8 compiles and collects garbage in between. A floor, since clocks are coarse.
  const least = (one: () => unknown, times: number) =>
    Math.min(...Array.from({ length: times }, () => cpuMilliseconds(one)));
  return least(large, 2) / Math.max(floorMilliseconds, least(small, 3));
}

/** More than this is not linear. */
export const mostGrowth = 30;

const floorMilliseconds = 5;
