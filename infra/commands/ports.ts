import { createServer } from "node:net";
import { once } from "node:events";

// The ports of a stack on this laptop: PORT, and PORT + 1 for the sandbox.

/** The system's code of the failure, e.g. `EADDRINUSE`, where no server could listen on a port; `undefined` where it is free. */
export async function portProblem(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return systemCode(error) ?? "unknown";
  } finally {
    server.close();
  }
}

/** The line about a port that cannot be used, for an error of a server that tried to listen; any other error as it is. */
export function portFailure(error: unknown, port: number): unknown {
  const code = systemCode(error);
  if (code !== "EADDRINUSE" && code !== "EACCES") return error;
  const { port: tried = port } = error as { port?: number };
  return new TypeError(`${portTaken(tried, port, code)}: ${portNext(port)}`, { cause: error });
}

export function portTaken(tried: number, port: number, code: string): string {
  const whose = tried === port ? "" : ", which the sandbox needs (PORT + 1),";
  return `port ${tried}${whose} ${code === "EACCES" ? "may not be used by this user" : "is in use"}`;
}

export const portNext = (port: number) =>
  `end the other program (another npm start?), or choose another port: PORT=${port < 5000 ? port + 1000 : 3000} npm start`;

/** As `portFailure`, for the two ports of `npm run serve`. */
export function servePortFailure(error: unknown): unknown {
  const code = systemCode(error);
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: "is in use",
    EACCES: "may not be used by this user",
    EADDRNOTAVAIL: "cannot be used at this address",
  };
  const problem = known[code ?? ""];
  if (problem === undefined) return error;
  const { port = 0 } = error as { port?: number };
  return new TypeError(
    `port ${port} ${problem}: end the other program, or choose another port: --port and --bind for senders, PORT=… for the operator`,
    { cause: error },
  );
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && "syscall" in error ? String(error.code) : undefined;
}
