import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";

interface Advisory {
  readonly severity: string;
}

/** Runs the check with npm and a registry that has these advisories; returns what the check printed. */
async function audited(advisories: Readonly<Record<string, Advisory>> | undefined) {
  const told = Object.entries(advisories ?? {}).map(([name, { severity }], index) => [
    name,
    [{ id: index + 1, url: "https://example.com/1", title: "t", severity, vulnerable_versions: "*" }],
  ]);
  const registry = createServer((request, response) => {
    const knows = advisories && request.method === "POST" && request.url?.endsWith("/advisories/bulk");
    request.resume().on("end", () => {
      response.writeHead(knows ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(knows ? Object.fromEntries(told) : {}));
    });
  });
  await new Promise<void>((resolve) => {
    registry.listen(0, "127.0.0.1", resolve);
  });
  const { port } = registry.address() as AddressInfo;
  const env = { ...process.env, npm_config_registry: `http://127.0.0.1:${port}` };
  try {
    return await new Promise<{ passes: boolean; said: string }>((resolve) => {
      execFile(process.execPath, ["infra/commands/audit.ts"], { env }, (error, stdout, stderr) =>
        resolve({ passes: error === null, said: stdout + stderr }),
      );
    });
  } finally {
    registry.close();
  }
}

it("refuses a severe weakness of what is shipped, and names it", async () => {
  const { passes, said } = await audited({ zod: { severity: "high" }, "sm-crypto": { severity: "low" } });
  expect(passes).toBe(false);
  expect(said).toMatch(/^zod .*: high/);
  expect(said).not.toContain("sm-crypto");
}, 60_000);

it("asks the public registry when this one has no advisories, and says so when no registry answers", async () => {
  const { said } = await audited(undefined);
  // Whether the public one can be reached from here is not ours to say.
  expect(said === "" || said.includes("no registry could be asked") || /: (high|critical);/.test(said)).toBe(
    true,
  );
}, 60_000);
