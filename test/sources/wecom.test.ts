import { expect, it } from "vitest";
import type { SignedRequest } from "#lib/contract/proof.ts";
import wecom from "#lib/sources/wecom/index.ts";
import { fixtureSecret } from "#infra/fixtures/cases.ts";
import { readXml } from "#lib/payloads/xml.ts";

// For an app of a provider, WeCom encrypts the check of the URL for the provider's own company.

const secret = fixtureSecret("wecom") as Parameters<typeof wecom.proof.sign>[1];
const providerCorpId = "wwinventedprovider1";
const now = Date.parse("2026-01-31T18:42:05.000Z");

/** A check of the URL as WeCom sends it, for one receiver. */
function check(receiver: string) {
  const sealed: SignedRequest = wecom.proof.sign(
    Buffer.from("1616140317555161061"),
    { ...secret, corpId: receiver },
    { now, id: "check" },
  );
  const { Encrypt } = readXml(sealed.body);
  const query = new URLSearchParams({ ...sealed.query, echostr: String(Encrypt) });
  return {
    method: "GET",
    headers: {},
    rawQuery: String(query),
    query,
    body: Buffer.alloc(0),
    receivedAt: now,
  };
}

it("a check that is meant for the provider is answered where the secret names the provider", () => {
  const answer = { status: 200, headers: { "content-type": "text/plain" }, body: "1616140317555161061" };
  expect(wecom.handshake?.(check(providerCorpId), { ...secret, providerCorpId })).toEqual(answer);
  expect(wecom.handshake?.(check(secret.corpId), { ...secret, providerCorpId })).toEqual(answer);
  expect(wecom.handshake?.(check(providerCorpId), secret)).toBeUndefined();
  expect(wecom.handshake?.(check("wwsomeoneelse00001"), { ...secret, providerCorpId })).toBeUndefined();
});
