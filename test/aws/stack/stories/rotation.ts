import { expect, it } from "vitest";
import { expectAgreement } from "../agreement.ts";
import { employee, putSecrets, secretOf, send } from "../senders.ts";
import { accessKey, type Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

const nextKey = { ...accessKey, accessKeySecret: "the-next-invented-secret-of-authing" };

/** One joiner after the other, and the queue worked on meanwhile, until it is told to stop. Resolves to the answers. */
function traffic(stack: Stack, secret: () => unknown, from: number) {
  const over = new AbortController();
  const sent = (async () => {
    const statuses: number[] = [];
    for (let id = from; !over.signal.aborted; id += 1) {
      const body = { employees: [employee(`r${id}`)] };
      statuses.push((await send(stack, "bamboohr", body, { secret: secret() })).status);
    }
    return statuses;
  })();
  const worked = (async () => {
    while (!over.signal.aborted) await stack.drain();
  })();
  return async () => {
    over.abort();
    await worked;
    return sent;
  };
}

/** How often a function has read a secret, its versions each for themselves. */
const reads = ({ calls }: Stack, caller: string, secret: string) =>
  calls.filter(
    (call) =>
      call.caller === caller &&
      call.action === "secretsmanager:GetSecretValue" &&
      call.resources.some((resource) => resource.includes(`/${secret}-`)),
  ).length;
const users = ({ sandbox }: Stack) => sandbox.users().length;

export function rotation(open: OpenStack): void {
  it("of a webhook's secret refuses nothing while both are there, and the old one afterwards", async () => {
    const stack = await open();
    const api = await putSecrets(stack, ["bamboohr"]);
    const old = secretOf("bamboohr", api);
    const next = { ...old, privateKey: "the-next-invented-private-key" };
    let sendersSecret = old;
    const stop = traffic(stack, () => sendersSecret, 0);
    await expect.poll(() => users(stack), { timeout: 20_000 }).toBeGreaterThan(5);

    await stack.putSecret("sources/bamboohr", next);
    const before = users(stack);
    await expect.poll(() => users(stack), { timeout: 20_000 }).toBeGreaterThan(before + 5);
    // The function may have asked for the secret just before it was rotated: it asks again once in five seconds.
    await stack.clock.pass(6);
    sendersSecret = next;
    const between = users(stack);
    await expect.poll(() => users(stack), { timeout: 20_000 }).toBeGreaterThan(between + 5);
    const statuses = await stop();
    expect(statuses).toEqual(statuses.map(() => 202));
    expect((await send(stack, "bamboohr", { employees: [employee("late")] }, { secret: old })).status).toBe(
      202,
    );
    await stack.settled();
    expect(users(stack)).toBe(statuses.length + 1);

    // The old one is dropped: now the new one is the previous one too.
    await stack.putSecret("sources/bamboohr", next);
    await stack.clock.pass(301);
    expect((await send(stack, "bamboohr", { employees: [employee("x1")] }, { secret: old })).status).toBe(
      401,
    );
    expect((await send(stack, "bamboohr", { employees: [employee("x2")] }, { secret: next })).status).toBe(
      202,
    );
    await stack.settled();
    // Current and previous each: at the start, at the first signature by the new one, after five minutes.
    expect(reads(stack, "webhooks-bamboohr", "sources/bamboohr")).toBeLessThanOrEqual(2 * 4);
    expect(stack.fn("webhooks-bamboohr").starts).toBe(1);
    await expectAgreement(stack);
    const told = stack.lines.map(({ text }) => text).join("\n");
    expect(told).not.toContain(next.privateKey);
  });

  it("of Authing's key loses no event, with one refresh and without a storm of reads", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    const stop = traffic(stack, () => secretOf("bamboohr"), 0);
    await expect.poll(() => users(stack), { timeout: 20_000 }).toBeGreaterThan(5);
    await stack.clock.pass(6);

    await stack.putSecret("authing", nextKey);
    stack.sandbox.setAccessKeys([nextKey]);
    const before = users(stack);
    await expect.poll(() => users(stack), { timeout: 20_000 }).toBeGreaterThan(before + 5);
    const statuses = await stop();
    expect(statuses).toEqual(statuses.map(() => 202));
    await stack.settled();

    expect(users(stack)).toBe(statuses.length);
    const environments = stack.fn("events-apply").starts;
    const refused = stack.sandbox.requests.filter(({ apiCode }) => apiCode === 1300);
    expect(refused.length).toBeGreaterThan(0);
    // Calls that were under way together are refused together; what is sent after the refresh is not.
    expect(refused.length).toBeLessThanOrEqual(4 * environments);
    // Current and previous each: at the start, at the refusal, and when what waited came back after minutes.
    expect(reads(stack, "events-apply", "authing")).toBeLessThanOrEqual(2 * 3 * environments);
    await expectAgreement(stack, nextKey);
    const told = stack.lines.map(({ text }) => text).join("\n");
    expect(told).not.toContain(nextKey.accessKeySecret);
  });
}
