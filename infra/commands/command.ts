import { InboundError } from "#lib/contract/errors.ts";

/** Runs a command. A failure that is expected is printed in one line, without a stack trace; any failure gives exit status 1. */
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

/** An error of the operating system, e.g. a port in use (`PORT` chooses another): people can read its message as it is. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && "syscall" in error;
}
