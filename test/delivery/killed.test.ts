import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { openDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { append } from "./journal.ts";
import { accessKey, personOf, told, type Message } from "./world.ts";

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const people = Array.from({ length: 24 }, (_, index) => String(index));
const messages = people.flatMap((id, index): Message[] => [
  told("hr", `hired-${id}`, id, 0, [
    { kind: "create", person: personOf(id), trail: {} },
    { kind: "import-otp", who: { externalId: id }, otp: { secret } },
  ]),
  told("hr", `moved-${id}`, id, 1, [
    { kind: "update", who: { externalId: id }, person: { city: "杭州" }, complete: false, trail: {} },
  ]),
  ...(index < 8 ? [told("hr", `left-${id}`, id, 2, [{ kind: "leave", who: { externalId: id } }])] : []),
]);

it("a process that is killed again and again loses nothing and doubles nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "killed-"));
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const sandbox = await startSandbox({ accessKeys: [accessKey], now });
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  append(join(folder, "messages"), messages);
  sandbox.script([
    { on: "create-users-batch", fault: { kind: "reset-after-applying" } },
    { on: "import-otp", fault: { kind: "http-502", applied: true } },
    { on: "update-user", fault: { kind: "reset-before-applying" } },
  ]);

  let kills = 0;
  for (;;) {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL("./killed-process.ts", import.meta.url)), folder, sandbox.url, String(ahead)],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const ended = once(child, "exit") as Promise<[number | null]>;
    const enough = sandbox.requests.length + 1 + Math.floor(Math.random() * 12);
    // In the middle of something: a request has arrived, and is answered or not.
    while (child.exitCode === null && sandbox.requests.length < enough) await wait(1);
    if (child.exitCode === null && kills < 5 && child.kill("SIGKILL")) kills += 1;
    const [code] = await ended;
    if (code === 0) break;
    // Longer than any lease.
    ahead += 180_000;
  }

  expect(kills).toBeGreaterThan(0);
  const users = sandbox.users();
  expect(users.map(({ externalId }) => externalId).toSorted()).toEqual(people.toSorted());
  for (const user of users) {
    const left = Number(user.externalId) < 8;
    expect(user).toMatchObject({ status: left ? "Resigned" : "Activated", city: "杭州" });
    expect(sandbox.otpOf(user.userId)).toEqual({ secret });
  }
  const ledger = storeLedger(openDatabase(join(folder, "store")), now);
  for (const { source, event } of messages) {
    const claim = await ledger.claim({ source, id: event.id }, { owner: "who-asks", leaseSeconds: 0 });
    const kind = claim.state === "settled" ? claim.record.outcome.kind : claim.state;
    expect(kind, event.id).toMatch(/^(accepted|already-done)$/);
  }
}, 120_000);
