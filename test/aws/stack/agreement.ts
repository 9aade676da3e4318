import { createRequire } from "node:module";
import { expect } from "vitest";
import type * as AuthingSdk from "authing-node-sdk";
import { secretValues } from "./senders.ts";
import { accessKey, type Stack } from "./stack.ts";

// CommonJS, and it sets defaults of axios for the whole process.
const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as typeof AuthingSdk;

/**
 * What must be true at the end of every story: Authing's official client and the ledger tell of the same people, the sources'
 * and our words about each agree, and neither log nor ledger tells anything else about anybody.
 */
export async function expectAgreement(stack: Stack, key = accessKey): Promise<void> {
  const listed = await stack.byTheMachinesClock(() => everybody(stack, key));
  const { events, people, text } = await stack.ledger();
  const knownAs = new Map(people.map((person) => [person.externalId, person]));
  const brought = new Set(
    events
      .filter(({ outcome }) => outcome.kind === "accepted" || outcome.kind === "already-done")
      .map(({ externalId }) => externalId),
  );

  expect(new Set(listed.map(({ externalId }) => externalId)).size, "everybody is there once").toBe(
    listed.length,
  );
  for (const { userId, externalId = "", status } of listed) {
    expect(brought, "the ledger tells of everybody at Authing").toContain(externalId);
    const person = knownAs.get(externalId);
    if (person?.userId !== undefined) expect(person.userId).toBe(userId);
    expect(person?.closedBy ? "left" : "there", externalId).toBe(status === "Activated" ? "there" : "left");
  }

  // Some sources call people by what is their user name too.
  const ids = new Set(events.flatMap(({ subject, externalId }) => [subject, externalId]));
  expectNothingTold(stack, text, ids);
}

/** Everybody at Authing, as its official client lists them. */
async function everybody({ sandbox }: Stack, key: typeof accessKey): Promise<AuthingSdk.Models.UserDto[]> {
  const client = new ManagementClient({ ...key, host: sandbox.url });
  const limit = 50;
  const listed: AuthingSdk.Models.UserDto[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await client.listUsers({ options: { pagination: { page, limit } } } as never);
    listed.push(...data.list);
    if (listed.length >= data.totalCount || data.list.length === 0) return listed;
  }
}

/** What may stand in a log about a person. */
const tellable = new Set([
  "externalId",
  "userId",
  "status",
  // A word of Authing's for it, which is part of one of ours.
  "workStatus",
  "gender",
  "departmentIds",
  "createdAt",
  "updatedAt",
]);

function expectNothingTold(
  { sandbox, lines, personal }: Stack,
  ledger: string,
  ids: ReadonlySet<string | undefined>,
): void {
  const told = `${lines.map((line) => line.text).join("\n")}\n${ledger}`;
  const values = personal.union(new Set(secretValues));
  for (const user of sandbox.users()) {
    for (const [field, value] of Object.entries(user)) {
      if (tellable.has(field) || typeof value !== "string" || ids.has(value)) continue;
      // Two things may happen within one millisecond.
      if (/^\d{4}-\d\d-\d\dT/.test(value)) continue;
      // A short word of letters may stand anywhere by chance.
      if (value.length > 4 || /[^ -~]/.test(value)) values.add(value);
    }
    const otp = sandbox.otpOf(user.userId);
    for (const secret of [otp?.secret, otp?.recoveryCode]) if (secret) values.add(secret);
  }
  for (const value of values) {
    // The message of a failure must not be the leak.
    if (told.includes(value)) {
      const where = lines.find(({ text }) => text.includes(value));
      expect.fail(`${where ? `the log of ${where.function}` : "the ledger"} tells ${JSON.stringify(value)}`);
    }
  }
}
