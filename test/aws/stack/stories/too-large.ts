import { expect, it } from "vitest";
import type { WireRequest } from "#infra/fixtures/requests.ts";
import { expectAgreement } from "../agreement.ts";
import {
  employee,
  joinerOf,
  largeNote,
  post,
  putSecrets,
  secretOf,
  send,
  sourceNames,
  sourceOf,
} from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

/** What a delivery may have. */
const maximumBytes = 1024 * 1024;

/** A signed delivery as large as one may be, of which no source can read anything: it is kept whole, and in Base64. */
function largest(stack: Stack, name: string): WireRequest {
  const at = { now: stack.clock.now(), id: "msg_large" };
  const wrap = { before: '{"nothing":"', after: '"}' };
  for (let size = maximumBytes - 14; ;) {
    const body = Buffer.from(wrap.before + "?".repeat(size) + wrap.after);
    const signed = sourceOf(name).proof.sign(body, secretOf(name) as never, at);
    if (signed.body.length <= maximumBytes) {
      const headers = { "content-type": joinerOf(name).contentType, ...signed.headers };
      return { method: "POST", query: {}, ...signed, headers };
    }
    // An envelope of Base64 makes four bytes of three.
    size = Math.floor((size * maximumBytes) / signed.body.length) - 20;
  }
}

export function tooLarge(open: OpenStack): void {
  it("waits in the bucket, and arrives as everything else does", async () => {
    const stack = await open();
    await putSecrets(stack, ["bamboohr"]);
    const answer = await send(stack, "bamboohr", { employees: [employee("10010", "Created", largeNote)] });
    expect(answer.status).toBe(202);
    expect(await stack.keys("waiting/bamboohr/")).toHaveLength(1);
    await stack.settled();
    expect(stack.sandbox.users()).toMatchObject([{ externalId: "10010" }]);
    await expectAgreement(stack);
  });

  it("of every source is kept, even where it cannot be read", async () => {
    const stack = await open();
    await putSecrets(stack);
    for (const name of sourceNames) {
      const answer = await post(stack, name, largest(stack, name));
      expect(`${name} ${answer.status < 300}`).toBe(`${name} true`);
      expect(await stack.keys(`waiting/${name}/`), name).toHaveLength(1);
    }
    await stack.settled();
    const { rows: kept } = await stack.operate({ operation: "list", kinds: ["dead"] });
    expect(kept.map(({ source }: { source: string }) => source).toSorted()).toEqual(
      [...sourceNames].toSorted(),
    );
    expect(stack.sandbox.requests).toEqual([]);
  });
}
