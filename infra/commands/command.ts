import { basename } from "node:path";
import { createInterface } from "node:readline/promises";
import { InboundError } from "#lib/contract/errors.ts";
import { terminalColumns } from "./table.ts";
import { readLine, usageOf, UsageError, type Form, type Line, type Options } from "./command-line.ts";

/** A form of a command, and what it does. Resolves to the exit status: 0, or 1 where something is wrong. */
export interface Runnable extends Form {
  run(line: Line<Options>): Promise<number>;
}

/** One form of a command. `words`, `options` and `refused` are as in `Form`. */
export function form<const Chosen extends Options>(
  words: readonly string[],
  options: Chosen,
  run: (line: Line<Chosen>) => Promise<number>,
  refused?: Form["refused"],
): Runnable {
  // The reader has checked the options against this form.
  return { words, options, refused, run: run as Runnable["run"] };
}

/**
 * Runs a command as it was typed. Exit status 0: all is well; 1: something is wrong; 2: the line has no form of the command. A failure
 * that is expected is printed in one line, without a stack trace. A reader that has seen enough (`| head`) ends the command quietly.
 */
export async function runCommand(command: string, ...forms: readonly Runnable[]): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  const given = process.argv.slice(2);
  if (given.includes("--help") || given.includes("-h")) {
    for (const line of forms.flatMap((each) => inColumns(usageOf(command, each)))) say(line);
    return;
  }
  try {
    const { form: chosen, line } = readLine(command, forms, given, process.env);
    process.exitCode = await chosen.run(line);
  } catch (error) {
    process.exitCode = tellFailure(error);
  }
}

function tellFailure(error: unknown): number {
  if (error instanceof UsageError) {
    say(`${error.message}${error.message.endsWith("?") ? " Type" : "; type"}`, process.stderr);
    for (const line of error.usage.flatMap(inColumns)) say(line, process.stderr);
    return 2;
  }
  const told = error instanceof InboundError || error instanceof TypeError || isSystemError(error);
  say(
    told ? (error as Error).message : `unexpected: ${(error as Error).stack ?? String(error)}`,
    process.stderr,
  );
  return 1;
}

/** A line of the usage in lines of the terminal; an option stays whole. */
function inColumns(usage: string): string[] {
  const [first = "", ...options] = usage.split(/ (?=\[--)/);
  const lines = [`  ${first}`];
  for (const option of options) {
    const last = lines.at(-1) ?? "";
    if (last.length + 1 + option.length <= terminalColumns()) lines.splice(-1, 1, `${last} ${option}`);
    else lines.push(`      ${option}`);
  }
  return lines;
}

export function say(line: string, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(`${line}\n`);
}

/** Asks the operator a question; anything but a yes is a no. Throws a `UsageError` where there is no terminal: `--yes` answers there. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    const [, file = "", ...given] = process.argv;
    const line = `npm run ${basename(file, ".ts")} -- ${given.join(" ")} --yes`;
    throw new UsageError(`${question} There is no terminal to ask on`, [line]);
  }
  // Behind a pipe (`| tail`) the operator would not see a question on stdout, and would wait for an answer.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} (yes/no) `)).trim());
  } finally {
    terminal.close();
  }
}

/** An error of the operating system, e.g. a port in use (`PORT` chooses another): people can read its message as it is. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error;
}
