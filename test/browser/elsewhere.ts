import { spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createConsole, type Backend } from "#infra/console/console.ts";
import { serve } from "#infra/local/server.ts";

/** The page of a place that answers as `operate` does, on a free port. */
export async function openElsewhere({
  operate,
  allowsChanges = false,
  everyMilliseconds = 50,
}: Pick<Backend, "operate"> & { readonly allowsChanges?: boolean; readonly everyMilliseconds?: number }) {
  const page = createConsole({
    place: {
      kind: "elsewhere",
      name: "stage prod",
      options: "--stage prod",
      allowsChanges,
      isInvented: false,
      sources: [{ name: "okta", title: "Okta", cases: [], story: [], hasList: true }],
    },
    operate,
    news: { everyMilliseconds, overlapMilliseconds: 0 },
  });
  const server = await serve(
    0,
    () => 64 * 1024,
    async (request) => (await page.answer(request)) ?? { status: 404, body: { error: "no such path" } },
  );
  return {
    address: page.address(`http://localhost:${server.port}`),
    async close() {
      page.close();
      await server.close();
    },
  };
}

/** `npm run console` in a process of its own, for the length of one test. Resolves to the address that it prints. */
export async function runConsole(
  given: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(process.execPath, ["infra/commands/console.ts", ...given], {
    cwd: join(import.meta.dirname, "../.."),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (bytes: Buffer) => {
      out += bytes.toString();
      const address = /^Console +(http\S+)\n.+Ctrl-C ends it\.$/m.exec(out)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", () => reject(new Error(`npm run console ended: ${out}`)));
  });
}
