import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { now, issuer, keyPair, key, settings, token, reasonOf, publish } from "./jwt-tokens.ts";

describe("published keys", () => {
  async function sender(first: unknown = { keys: [key.published] }) {
    const state = { clock: now, asked: 0, answer: [200, first] as [number, unknown, object?] };
    const { url } = await publish(
      () => state.answer,
      () => (state.asked += 1),
    );
    const proof = jwt(settings, () => state.clock);
    const reason = (given: string) => reasonOf(given, proof, { jwks: url, issuer });
    return { state, reason, url, proof };
  }

  it("are fetched once, by however many deliveries at once, and again after ten minutes", async () => {
    const { state, reason } = await sender();
    const given = await token();
    expect(await Promise.all([reason(given), reason(given), reason(given)])).toEqual(["ok", "ok", "ok"]);
    state.clock += 599_000;
    expect(await reason(given)).toBe("ok");
    expect(state.asked).toBe(1);
    state.clock += 2_000;
    expect(await reason(given)).toBe("ok");
    expect(state.asked).toBe(2);
  });

  it("are fetched anew for an unknown key, once in 30 seconds, however many forged tokens arrive", async () => {
    const { state, reason } = await sender();
    const second = keyPair("k2");
    expect(await reason(await token())).toBe("ok");
    state.answer = [200, { keys: [key.published, second.published] }];
    const rotated = await token({}, second);
    expect(await reason(rotated)).toBe("key-unknown");
    state.clock += 30_000;
    expect(await Promise.all([reason(rotated), reason(rotated)])).toEqual(["ok", "ok"]);
    expect(state.asked).toBe(2);
    for (let forged = 0; forged < 20; forged += 1) {
      expect(await reason(await token({}, keyPair(`forged-${forged}`)))).toBe("key-unknown");
    }
    expect(state.asked).toBe(2);
    state.clock += 30_000;
    expect(await reason(await token({}, keyPair("forged")))).toBe("key-unknown");
    expect(state.asked).toBe(3);
  });

  it("are used for up to a day while the sender does not answer", async () => {
    const { state, reason } = await sender();
    const given = (clock: number) => token({ exp: clock / 1000 + 300 });
    expect(await reason(await given(state.clock))).toBe("ok");
    state.answer = [503, "down"];
    state.clock += 23 * 3_600_000;
    expect(await reason(await given(now))).toBe("ok");
    state.clock += 2 * 3_600_000;
    await expect(reason(await given(now))).rejects.toMatchObject({
      code: "unavailable",
      reason: "jwks-unreachable",
    });
  });

  it.each<[string, [number, unknown, object?]]>([
    ["an error", [500, "no"]],
    ["a redirect", [302, "", { location: "http://127.0.0.1:1/" }]],
    ["a page", [200, "<html></html>"]],
    ["no set", [200, { keys: "none" }]],
    ["null", [200, "null"]],
    ["more than 64 KiB", [200, { keys: [key.published], filler: "x".repeat(70_000) }]],
    ["more than 100 keys", [200, { keys: Array.from({ length: 101 }, () => ({ kty: "EC" })) }]],
  ])("make the sender deliver again where it answers with %s", async (_, answer) => {
    const { state, reason } = await sender();
    state.answer = answer;
    const given = await token();
    await expect(reason(given)).rejects.toMatchObject({ code: "unavailable", reason: "jwks-unreachable" });
    // The keys are not fetched again within five seconds; after that the delivery is accepted.
    state.answer = [200, { keys: [key.published] }];
    await expect(reason(given)).rejects.toThrow(InboundError);
    expect(state.asked).toBe(1);
    state.clock += 5_000;
    expect(await reason(given)).toBe("ok");
  });

  it("are found by what the sender publishes about itself, and kept like any others", async () => {
    const { url, state } = await sender();
    const configuration = await publish(
      () => [200, { issuer, jwks_uri: url }],
      () => {},
    );
    const proof = jwt(settings, () => state.clock);
    const by = { jwks: { configuration: configuration.url }, issuer };
    expect(await reasonOf(await token(), proof, by)).toBe("ok");
    expect(await reasonOf(await token(), proof, by)).toBe("ok");
    expect(state.asked).toBe(1);
    await expect(
      reasonOf(await token(), proof, { jwks: { configuration: "http://id.example.com/" }, issuer }),
    ).rejects.toMatchObject({ reason: "jwks-address-wrong" });
    expect(await reasonOf(await token(), proof, { jwks: { configuration: "" }, issuer })).toBe(
      "secret-empty",
    );
  });

  it.each([{}, null, { jwks_uri: "" }, { jwks_uri: "ftp://id.example.com" }, { jwks_uri: 1 }])(
    "are not there where that is %j",
    async (published) => {
      const { url } = await publish(
        () => [200, published ?? "null"],
        () => {},
      );
      await expect(
        reasonOf(await token(), jwt(settings), { jwks: { configuration: url }, issuer }),
      ).rejects.toThrow(/jwks-/);
    },
  );

  it.each([
    "http://id.example.com/jwks.json",
    "file:///etc/passwd",
    "http://169.254.169.254/latest",
    "https://user:password@id.example.com/jwks.json",
    "id.example.com",
  ])("are never fetched from %s", async (address) => {
    const proof = jwt(settings);
    await expect(reasonOf(await token(), proof, { jwks: address, issuer })).rejects.toMatchObject({
      code: "misconfigured",
      reason: "jwks-address-wrong",
    });
  });
});
