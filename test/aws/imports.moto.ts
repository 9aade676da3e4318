import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { dynamodbLedger } from "#lib/aws/ledger.ts";
import { objectStore } from "#lib/aws/objects.ts";
import { importQueue } from "#lib/aws/queue.ts";
import { createAuthingClient } from "#lib/authing/client.ts";
import { createPace } from "#lib/delivery/pace.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import { finishImport } from "#lib/uploads/finish.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { runChunk, type RunPorts } from "#lib/uploads/run.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import { accessKey } from "../delivery/world.ts";
import { uploadPorts } from "../uploads/upload-ports.ts";
import { createBucket, createLedgerTable, createQueue, receiveAll, upload } from "./resources.ts";

const silent = () => {};
const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: Math.random };

async function prepared() {
  const sandbox = await startSandbox({ accessKeys: [accessKey] });
  onTestFinished(() => sandbox.close());
  const [bucket, table, chunks, finish] = await Promise.all([
    createBucket(),
    createLedgerTable(),
    createQueue("ChunksQueue"),
    createQueue("FinishQueue"),
  ]);
  const ports: RunPorts & PlanPorts = {
    ledger: dynamodbLedger(table),
    objects: objectStore(),
    queue: importQueue({ chunks, finish }),
    authing: createAuthingClient({ host: sandbox.url, credentials: async () => accessKey }),
    clock,
    pace: createPace({ clock, maxPerSecond: 300, startPerSecond: 50 }),
    leavePolicy: () => "resign",
    rehirePolicy: () => "reactivate",
    otpPolicy: "import",
    ...uploadPorts,
    sources: [],
    log: { info: silent, warn: silent, error: silent },
  };
  /** Works on what the queues hold until nothing comes any more. */
  async function settle(): Promise<number> {
    let count = 0;
    for (;;) {
      const received = [...(await receiveAll(chunks)), ...(await receiveAll(finish))];
      if (received.length === 0) return count;
      for (const { body, group } of received) {
        count += 1;
        expect(group).toMatch(/^[0-9a-f]{64}$/);
        const message = body as ImportMessage;
        const run = { owner: `invocation-${count}`, deadline: Date.now() + 60_000 };
        const result =
          message.kind === "chunk"
            ? await runChunk(message, ports, run)
            : await finishImport(message, ports, run);
        expect(result).toBe("done");
      }
    }
  }
  async function read(key: string): Promise<string> {
    const bytes = await Array.fromAsync(await ports.objects.read({ bucket, key }));
    return Buffer.concat(bytes).toString();
  }
  return { sandbox, bucket, ports, settle, read };
}

describe("an import on S3, SQS and DynamoDB", () => {
  it("goes chunk by chunk, leaves its results and nothing else, and is then done", async () => {
    const { sandbox, bucket, ports, settle, read } = await prepared();
    const rows = Array.from({ length: 70 }, (_, index) => `${index},"张\n${index}",p${index}@example.com\n`);
    const object = await upload(
      bucket,
      "incoming/users/名单.csv",
      `\uFEFF工号,姓名,邮箱\n${rows.join("")}x,y,z\n`,
    );
    // What comes later is another import.
    await upload(bucket, "incoming/users/名单.csv", "工号,姓名,邮箱\n");
    const id = importIdOf(object);

    const size = { rows: 20, bytes: 1_000_000 };
    expect(await planImport(object, ports, { owner: "plan" }, { chunkSize: size })).toBe("done");
    expect(JSON.parse(await read(`results/${id}/progress.json`))).toMatchObject({ rows: 71, rowsDone: 0 });
    expect(await settle()).toBe(4 + 1);

    expect(JSON.parse(await read(`results/${id}/summary.json`))).toMatchObject({
      state: "finished",
      rows: 71,
      accepted: 70,
      rejected: 1,
    });
    const accepted = (await read(`results/${id}/accepted.ndjson`)).trim().split("\n");
    expect(accepted.map((line) => (JSON.parse(line) as { row: string }).row)).toEqual(
      Array.from({ length: 70 }, (_, index) => `line ${2 + 2 * index}`),
    );
    expect(await read(`results/${id}/rejected.csv`)).toMatch(
      /^\uFEFF工号,姓名,邮箱,row,reason\r\nx,y,z,line 142,邮箱: email-invalid \(.+\)\r\n$/,
    );
    expect(JSON.parse(await read(`results/${id}/progress.json`))).toMatchObject({ rows: 71, rowsDone: 71 });
    for (const gone of ["plan.json", "parts/0.0", "parts/3.0"]) {
      await expect(read(`results/${id}/${gone}`)).rejects.toMatchObject({ reason: "object-missing" });
    }
    expect(sandbox.users()).toHaveLength(70);

    expect(await planImport(object, ports, { owner: "again" }, { chunkSize: size })).toBe("done");
    expect(await settle()).toBe(0);
  });

  it("of secrets deletes the version that was imported", async () => {
    const { bucket, ports, settle, read } = await prepared();
    const people = await upload(bucket, "incoming/users/people.csv", "externalId,email\n1,a@example.com\n");
    await planImport(people, ports, { owner: "plan" });
    await settle();
    const secrets = "externalId,secret\n1,JBSWY3DPEHPK3PXP\n";
    const imported = await upload(bucket, "incoming/otp/otp.csv", secrets);
    const later = await upload(bucket, "incoming/otp/otp.csv", secrets);
    await planImport(imported, ports, { owner: "plan" });
    await settle();
    expect(JSON.parse(await read(`results/${importIdOf(imported)}/summary.json`))).toMatchObject({
      accepted: 1,
    });
    await expect(ports.objects.read(imported)).rejects.toMatchObject({ reason: "object-missing" });
    await expect(ports.objects.read(later)).resolves.toBeDefined();
  });
});
