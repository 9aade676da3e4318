import type { ImportWatch } from "#infra/local/imports.ts";

const barColumns = 24;
const drawMilliseconds = 200;
const lineMilliseconds = 10_000;

/** Shows how far an import is: on a terminal as a bar, elsewhere as a line every few seconds. */
export function importProgress(stream: NodeJS.WriteStream, now: () => number = Date.now): ImportWatch {
  const isBar = stream.isTTY;
  let rows = 0;
  let done = 0;
  let rejected: number | undefined;
  let beganAt = 0;
  let beganWith = 0;
  let drawnAt = 0;
  let isDrawn = false;

  function text(): string {
    const seconds = Math.max(0.001, (now() - beganAt) / 1000);
    const perSecond = (done - beganWith) / seconds;
    const parts = [
      `${number(done)} of ${number(rows)} rows`,
      ...(rejected === undefined
        ? []
        : [`${number(done - rejected)} accepted`, `${number(rejected)} rejected`]),
      `${number(Math.round(perSecond))}/s`,
      ...(done < rows && perSecond > 0 ? [`${lengthOf((rows - done) / perSecond)} left`] : []),
    ];
    return parts.join(" · ");
  }

  function draw(isLast = false): void {
    const at = now();
    if (!isLast && at - drawnAt < (isBar ? drawMilliseconds : lineMilliseconds)) return;
    drawnAt = at;
    isDrawn = true;
    if (!isBar) {
      stream.write(`${text()}\n`);
      return;
    }
    const full = rows === 0 ? barColumns : Math.round((done / rows) * barColumns);
    const line = `[${"#".repeat(full)}${"·".repeat(barColumns - full)}] ${text()}`;
    stream.write(`\r\u001b[K${line.slice(0, Math.max(20, stream.columns - 1))}`);
  }

  return {
    begins(all, decided, refused) {
      rows = all;
      done = decided;
      rejected = refused;
      beganAt = now();
      beganWith = decided;
      drawnAt = 0;
      draw(isBar);
    },
    decided(count, refused) {
      done += count;
      if (refused !== undefined) rejected = (rejected ?? 0) + refused;
      draw();
    },
    stuck(reason) {
      if (isBar) stream.write("\r\u001b[K");
      stream.write(`${reason}: trying again\n`);
    },
    ends() {
      if (isDrawn) draw(true);
      if (isBar && isDrawn) stream.write("\n");
      isDrawn = false;
    },
  };
}

const number = (count: number): string => count.toLocaleString("en");

/** A length of time in words: `40 s`, `12 min`, `3 h 20 min`. */
export function lengthOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
