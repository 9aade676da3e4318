import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import clerk from "#lib/sources/clerk/index.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { accessKey, signingSecret, userCreated } from "./deliveries.ts";
import type { Figures } from "./soak-service.ts";

// Events for a long time in one process: memory, handles and sockets have to stay as they are. The people are the same ones all the time, so
// that only what leaks grows; each event has an id of its own, and every tenth delivery is not of the sender.

const people = 200;
const perSecond = 40;
const measurements = 6;
/** How much larger the heap may be in the end than after the first measurement, in which everything is used for the first time. */
const mostHeapGrowth = 1.15;
/** Connections that are kept alive come and go. */
const mostMoreHandles = 5;

/** Resolves to whether nothing grew. */
export async function soakEvents(minutes: number, say: (line: string) => void): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "soak-"));
  const sandbox = await startSandbox({ accessKeys: [accessKey] });
  const child = fork(new URL("soak-service.ts", import.meta.url), [folder, sandbox.url], {
    execArgv: ["--expose-gc"],
  });
  try {
    const { port } = await said<{ port: number }>(child);
    const figures: Figures[] = [];
    let [sent, refused, wrong] = [0, 0, 0];
    for (let part = 1; part <= measurements; part += 1) {
      const endsAt = performance.now() + (minutes * 60_000) / measurements;
      while (performance.now() < endsAt) {
        const began = performance.now();
        const answers = await Promise.all(
          Array.from({ length: perSecond }, () => deliver(port, (sent += 1))),
        );
        refused += answers.filter((status) => status === 401).length;
        wrong += answers.filter((status) => status !== 401 && status >= 300).length;
        await wait(Math.max(0, began + 1000 - performance.now()));
      }
      child.send("measure");
      figures.push(await said<Figures>(child));
      say(line(figures.at(-1) as Figures));
    }
    const [first, last] = [figures[0] as Figures, figures.at(-1) as Figures];
    const isFlat =
      last.heapMegabytes <= first.heapMegabytes * mostHeapGrowth &&
      (last.handles ?? 0) <= (first.handles ?? 0) + mostMoreHandles &&
      last.sockets <= first.sockets + mostMoreHandles &&
      last.resources <= first.resources + mostMoreHandles;
    say(`${sent} deliveries, ${refused} refused with 401, ${wrong} answered otherwise than 2xx or 401`);
    say(
      `heap ${(last.heapMegabytes / first.heapMegabytes).toFixed(2)} ×  aim ≤ ${mostHeapGrowth} ×, at most ${mostMoreHandles} handles and sockets more: ${isFlat ? "met" : "not met"}`,
    );
    return isFlat && wrong === 0 && refused === Math.floor(sent / 10);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
    await sandbox.close();
    rmSync(folder, { recursive: true });
  }
}

const captured = userCreated(1024).toString();

/** Delivery number `number`. Resolves to the status of its answer; 0 where there is none. */
async function deliver(port: number, number: number): Promise<number> {
  const person = String(number % people).padStart(4, "0");
  const body = Buffer.from(
    captured
      .replaceAll("user_invented0001", `user_invented${person}`)
      .replaceAll("xiaoming", `xiaoming${person}`)
      .replaceAll("+8613800000000", `+861380000${person}`)
      .replaceAll(/invented\.\d+@/g, `p${person}.$&`)
      .replaceAll("1769884920123", String(1_769_884_920_123 + number))
      .replaceAll("user.created", number <= people ? "user.created" : "user.updated"),
  );
  const isForeign = number % 10 === 0;
  const secret = isForeign ? `${signingSecret.slice(0, -4)}QUFB` : signingSecret;
  const { headers } = clerk.proof.sign(
    body,
    { signingSecret: secret },
    { now: Date.now(), id: `msg_${number}` },
  );
  const answer = await fetch(`http://127.0.0.1:${port}/webhooks/clerk`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body,
  }).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status ?? 0;
}

async function said<Message>(child: ChildProcess): Promise<Message> {
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([status]) => {
      throw new Error(`the service ended with ${status}`);
    }),
  ])) as [Message];
  return message;
}

function line(figures: Figures): string {
  const { heapMegabytes, bufferMegabytes, residentMegabytes, handles, sockets, resources, events, parked } =
    figures;
  return `  ${events} records of events, ${parked} parked: heap ${heapMegabytes.toFixed(1)} MB, buffers ${bufferMegabytes.toFixed(1)} MB, resident ${residentMegabytes.toFixed(0)} MB, ${handles ?? "?"} handles, ${sockets} sockets, ${resources} resources`;
}
