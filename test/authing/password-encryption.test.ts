import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { respondWith, withAuthing, type Body, type Recorded } from "./test-server.ts";

const rsa = {
  publicKey: generateKeyPairSync("rsa", { modulusLength: 1024 })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString(),
};
const created: Body = { statusCode: 200, data: [] };
const joiner = { list: [{ username: "zhangsan", password: "Invented-1" }] };
const paths = (requests: readonly Recorded[]) => requests.map(({ target }) => target.split("/").at(-1));

/** A server that answers each request for its keys with the next of these answers, and accepts every other request. */
async function withKeys(
  answers: readonly (Body | string)[],
  use: Parameters<typeof withAuthing>[2],
  passwordEncryption: "rsa" | "sm2" = "rsa",
): Promise<void> {
  const left = [...answers];
  await withAuthing(
    (response, { target }) =>
      respondWith(response, target.endsWith("/system") ? (left.shift() ?? "") : created),
    { passwordEncryption },
    use,
  );
}

describe("the keys of a user pool", () => {
  it.each([
    ["bare", JSON.stringify({ rsa })],
    ["in an envelope", { statusCode: 200, data: { rsa } }],
    ["beside a status", { statusCode: 200, rsa }],
  ])("are understood %s, and asked for without a signature", async (_, answer) => {
    await withKeys([answer], async (client, { requests }) => {
      expect(await client.createUsersBatch(joiner)).toMatchObject({ ok: true });
      expect(paths(requests)).toEqual(["system", "create-users-batch"]);
      expect(requests[0]?.headers.authorization).toBeUndefined();
      expect(requests[1]?.body).not.toContain("Invented-1");
    });
  });

  it("are fetched once for all calls that wait for them", async () => {
    await withKeys([JSON.stringify({ rsa })], async (client, { requests }) => {
      await Promise.all([1, 2, 3].map(() => client.createUsersBatch(joiner)));
      await client.updateUser({ userId: "1", password: "Invented-2" });
      expect(paths(requests).filter((path) => path === "system")).toHaveLength(1);
    });
  });

  it.each([
    ["throttled", { statusCode: 429 }, { kind: "throttled", retry: "after-delay", scope: "batch" }],
    [
      "JSON of another service",
      { hello: "you" },
      { kind: "server-error", retry: "after-delay", scope: "batch" },
    ],
    ["not there", { statusCode: 404 }, { kind: "endpoint-wrong", scope: "run" }],
  ])("that are %s fail the call before it is made, and are asked for again", async (_, answer, failure) => {
    const again = JSON.stringify({ rsa });
    await withKeys([JSON.stringify(answer), again], async (client, { requests }) => {
      expect(await client.createUsersBatch(joiner)).toMatchObject({ ok: false, failure });
      expect(paths(requests)).toEqual(["system"]);
      expect(await client.createUsersBatch(joiner)).toMatchObject({ ok: true });
    });
  });

  it("that lack the kind of the configuration stop the run", async () => {
    await withKeys(
      [JSON.stringify({ rsa })],
      async (client, { requests }) => {
        await expect(client.createUsersBatch(joiner)).rejects.toMatchObject({
          code: "misconfigured",
          reason: "authing-sm2-key-missing",
        });
        expect(paths(requests)).toEqual(["system"]);
      },
      "sm2",
    );
  });
});
