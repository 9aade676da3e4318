import { InboundError } from "#lib/contract/errors.ts";

/** Runs a command line: what goes wrong is told in one line, never as a stack trace, and ends with exit status 1. */
export async function runCommand(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const told = error instanceof InboundError || error instanceof TypeError || isSystemError(error);
    say(
      told ? (error as Error).message : `unexpected: ${(error as Error).stack ?? String(error)}`,
      process.stderr,
    );
    process.exitCode = 1;
  }
}

export function say(line: string, stream: NodeJS.WriteStream = process.stdout): void {
  stream.write(`${line}\n`);
}

/** What the operating system says, such as a port that is taken (`PORT` chooses another), is for people already. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error;
}
