import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { lambdaFunction, type LogLine } from "./function.ts";

// What the stories rest on: that a function is run here as Lambda runs it.

const dayMilliseconds = 86_400_000;

/** A function of one handler. Its clock is a day ahead. */
function functionOf(source: string, timeoutSeconds = 5) {
  const taskRoot = mkdtempSync(join(tmpdir(), "inbound-function-"));
  mkdirSync(join(taskRoot, "dist"));
  writeFileSync(join(taskRoot, "dist/index.mjs"), source);
  const lines: LogLine[] = [];
  const made = lambdaFunction(
    {
      name: "tested",
      arn: "arn:aws:lambda:us-east-1:100000000000:function:tested",
      handler: "dist/index.handler",
      memoryMegabytes: 128,
      timeoutSeconds,
      logGroup: "/aws/lambda/tested",
      environment: { STAGE: "tests" },
      taskRoot,
      runtime: join(import.meta.dirname, "runtime-client.ts"),
    },
    { now: () => Date.now() + dayMilliseconds, ahead: () => dayMilliseconds, pass: async () => {} },
    (line) => lines.push(line),
  );
  onTestFinished(async () => {
    await made.kill();
    rmSync(taskRoot, { recursive: true });
  });
  return { made, lines };
}

describe("a function", () => {
  it("gets its event, its context, its variables and the tests' time, and keeps its memory for the next event", async () => {
    const { made } = functionOf(`
      let times = 0;
      export const handler = async (event, context) => ({
        event,
        times: times += 1,
        stage: process.env.STAGE,
        home: process.env.HOME,
        name: context.functionName,
        isNamed: context.awsRequestId !== undefined,
        remaining: context.getRemainingTimeInMillis(),
        now: Date.now(),
        date: new Date().getTime(),
      });`);
    const [first, second] = [await made.invoke({ number: 1 }), await made.invoke({ number: 2 })];
    expect(first).toMatchObject({
      payload: { event: { number: 1 }, times: 1, stage: "tests", name: "tested", isNamed: true },
    });
    expect(first).not.toHaveProperty("payload.home");
    expect(second).toMatchObject({ payload: { event: { number: 2 }, times: 2 } });
    const { payload } = first as { payload: Record<string, number> };
    expect(payload["remaining"]).toBeLessThanOrEqual(5000);
    expect(payload["now"]).toBeGreaterThan(Date.now() + dayMilliseconds / 2);
    expect(payload["date"]).toBeGreaterThan(Date.now() + dayMilliseconds / 2);
    expect(made.starts).toBe(1);
  });

  it("runs once for each event at a time", async () => {
    const { made } = functionOf(`
      let isBusy = false;
      export const handler = async () => {
        if (isBusy) throw new Error("two at once");
        isBusy = true;
        await new Promise((resolve) => setTimeout(resolve, 50));
        isBusy = false;
        return "done";
      };`);
    const results = await Promise.all([made.invoke({}), made.invoke({}), made.invoke({})]);
    expect(results).toEqual(results.map(() => ({ payload: "done" })));
    expect(made.starts).toBe(3);
  });

  it("that throws, hangs, ends or cannot be loaded fails, and the next event gets another process where it has to", async () => {
    const failures: [source: string, errorType: string, starts: number][] = [
      ["export const handler = async () => { throw new RangeError('too much'); };", "RangeError", 1],
      ["export const handler = () => new Promise(() => setInterval(() => {}, 1000));", "Sandbox.Timedout", 2],
      // Nothing is left that it could wait for: Node ends, with status 13.
      ["export const handler = () => new Promise(() => {});", "Runtime.ExitError", 2],
      ["export const handler = async () => process.exit(0);", "Runtime.ExitError", 2],
      [
        "export const handler = () => new Promise(() => setTimeout(() => { throw 1; }));",
        "Runtime.ExitError",
        2,
      ],
      ["export const other = 1;", "TypeError", 2],
    ];
    for (const [source, errorType, starts] of failures) {
      const { made } = functionOf(source, 1);
      for (const _ of [1, 2]) expect(await made.invoke({}), source).toMatchObject({ error: { errorType } });
      expect(made.starts, source).toBe(starts);
    }
  });

  it("writes its log as Lambda does with log format JSON", async () => {
    const { made, lines } = functionOf(`
      export const handler = async () => {
        console.info({ message: "told", times: 1 });
        console.warn("said %s", "twice");
        console.debug("not said");
        process.stdout.write('{"_aws":{}}\\n');
      };`);
    expect(await made.invoke({})).toEqual({ payload: null });
    await expect.poll(() => lines).toHaveLength(3);
    const [told, said, raw] = lines.map(({ text }) => JSON.parse(text));
    expect(told).toMatchObject({ level: "INFO", message: { message: "told", times: 1 } });
    expect(said).toMatchObject({ level: "WARN", message: "said twice", requestId: told.requestId });
    expect(raw).toEqual({ _aws: {} });
  });
});
