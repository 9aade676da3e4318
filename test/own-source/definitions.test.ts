import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { defineConfig } from "#lib/config.ts";
import { defineSource, type OwnSource } from "#lib/contract/source.ts";
import { basicAuth } from "#lib/proofs/static-secret.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";

const sound: OwnSource = {
  title: "Acme",
  secret: z.object({ password: z.string() }),
  proof: basicAuth({
    username: () => "acme",
    password: (secret) => (secret as { password: string }).password,
  }),
  redeliversForSeconds: 3600,
  split: () => [],
  translate: () => [],
};
const without = (part: keyof OwnSource) => ({ ...sound, [part]: undefined });
/** A configuration that a developer without a type checker might write. */
const configured =
  (settings: unknown, name = "acme") =>
  () =>
    enabledSources(defineConfig({ sources: { [name]: settings } } as never));

describe("an operator's own source", () => {
  it("is switched on under its key, and its settings hold for it", () => {
    const config = defineConfig({ sources: { clerk: {}, acme: { leave: "suspend", source: sound } } });
    expect([...enabledSources(config).keys()]).toEqual(["clerk", "acme"]);
    expect(enabledSources(config).get("acme")).toMatchObject({ name: "acme", title: "Acme" });
    expect(config.sources["acme"]?.leave).toBe("suspend");
    expect(enabledSources(config).get("acme")?.split).toBe(sound.split);
  });

  it.each([
    ["title", 'sources.acme.source.title must be how people call the sender, e.g. "Workday"'],
    ["secret", "sources.acme.source.secret must be the shape of its secret"],
    ["proof", "sources.acme.source.proof must be a proof of lib/proofs"],
    ["redeliversForSeconds", "sources.acme.source.redeliversForSeconds must be a number above 0"],
    ["split", "sources.acme.source.split must be a function"],
    ["translate", "sources.acme.source.translate must be a function"],
  ] as const)("is refused without its %s, and the error says what to write", (part, message) => {
    expect(configured({ source: without(part) })).toThrow(message);
  });

  const hosts = () => ({});
  const [page, person, read, run] = [hosts, hosts, hosts, hosts];
  it.each<[keyof OwnSource, readonly unknown[], unknown, string]>([
    ["kind", [1], "hr", "must be a word of"],
    ["knownFrom", [1], "documentation", "must be a word of"],
    ["externalIds", ["id", [], [1]], ["id"], "must be a list of the names"],
    ["neverTells", ["leaver"], ["leaver"], "must be a list of"],
    ["trigger", [{}], undefined, "is for built-in sources"],
    ["handshake", [{}], hosts, "must be a function: delivery → reply"],
    ["acknowledge", [{}], hosts, "must be a function: delivery → reply"],
    ["refuse", [{}], hosts, "must be a function: what differs → reply"],
    ["fetch", [hosts, { hosts }, { read }], { hosts, read }, "the functions hosts and read"],
    [
      "list",
      [null, { hosts, page }, { hosts, person }, { page, person }],
      { hosts, page, person },
      "the functions hosts, page and person",
    ],
    ["renew", [null, { hosts }, { run }], { hosts, run }, "the functions hosts and run"],
    ["enrol", [{}], hosts, "must be a function: delivery → fields"],
    [
      "readsHeaders",
      ["x-event", ["x-event", 1], ["x-event", "X-Event"], ["cookie"]],
      ["x-event", "x-kind"],
      "must be a list of names of headers",
    ],
  ])("is refused with a wrong %s, and the error says what to write", (part, wrong, right, message) => {
    for (const value of wrong) {
      expect(configured({ source: { ...sound, [part]: value } })).toThrow(
        new RegExp(`sources\\.acme\\.source\\.${part} .*${message}`),
      );
    }
    expect(configured({ source: { ...sound, [part]: right } })).not.toThrow();
  });

  it("is refused with a wrong ping", () => {
    const ping = { body: "{}" };
    expect(configured({ source: { ...sound, ping } })).toThrow(
      "sources.acme.source.ping must be a delivery about no person",
    );
    expect(configured({ source: { ...sound, ping: { ...ping, contentType: "text/xml" } } })).not.toThrow();
  });

  it.each([
    [
      "a name that is built in",
      configured({ source: sound }, "clerk"),
      /clerk is built in: give your own source another name/,
    ],
    [
      "an unknown name without a definition",
      configured({}, "acme"),
      /source-unknown.*sources\.acme.*or add source: defineSource/,
    ],
    [
      "a name that no path can have",
      configured({ source: sound }, "Acme HR"),
      /sources\["Acme HR"\]: use 1 to 31 lower-case/,
    ],
    [
      "a name that ends in a dash",
      configured({ source: sound }, "acme-"),
      /lower-case letters, digits and single dashes/,
    ],
    ["a name of ours", configured({ source: sound }, "uploads"), /sources\.uploads: the name is taken/],
    ["another one", configured({ source: sound }, "notices"), /sources\.notices: the name is taken/],
    [
      "a second name",
      configured({ source: { ...sound, name: "acme" } }),
      /source\.name: leave it out, the key "acme" is the name/,
    ],
    [
      "an unknown part",
      configured({ source: { ...sound, spilt: () => [] } }),
      /source\.spilt is no part of a source/,
    ],
    [
      "an unknown setting",
      configured({ source: sound, leaves: "resign" }),
      /sources\.acme\.leaves is no setting: correct its name or remove it/,
    ],
    [
      "a wrong setting",
      configured({ source: sound, leave: "fire" }),
      /sources\.acme\.leave must be one of resign, suspend, deactivate, delete/,
    ],
    [
      "a secret that goes along in a dialect without it",
      () => defineConfig({ authing: { otp: "inline", dialect: "2022" }, sources: {} }),
      /authing\.otp "inline" is nothing that the dialect 2022 can say/,
    ],
    [
      "a leaver's status in a dialect without it",
      () =>
        defineConfig({ authing: { dialect: "2022" }, sources: { clerk: { leave: "deactivate" }, okta: {} } }),
      /: sources\.clerk\.leave "deactivate" is nothing that the dialect 2022 can say: use "suspend"$/,
    ],
    [
      "a proof that is none",
      configured({ source: { ...sound, proof: { name: "trust" } } }),
      /source\.proof must be a proof/,
    ],
    [
      "a secret that is none",
      configured({ source: { ...sound, secret: { password: "string" } } }),
      /source\.secret must be the shape/,
    ],
    [
      "half a fetch",
      configured({ source: { ...sound, fetch: { read: async () => ({}) } } }),
      /source\.fetch must be an object with the functions hosts and read/,
    ],
    [
      "half a list",
      configured({ source: { ...sound, list: { page: async () => ({}) } } }),
      /source\.list must be an object with the functions hosts, page and person/,
    ],
    ["no definition at all", configured({ source: "acme" }), /sources\.acme\.source: write defineSource/],
  ])("is refused with %s, in one line", (_, configure, message) => {
    expect(configure).toThrow(message);
    expect(configure).not.toThrow(/\n/);
  });

  it("reports all problems at once", () => {
    expect(configured({ source: { title: "Acme" } })).toThrow(
      /secret must.*proof must.*split must.*translate must/,
    );
  });

  it("is refused where it is defined, too", () => {
    expect(() => defineSource({ ...sound, redeliversForSeconds: 0 })).toThrow(
      'source "Acme": redeliversForSeconds must be above 0',
    );
    for (const maxDeliveryBytes of [0, 1.5, 4 * 1024 * 1024 + 1]) {
      const wrong = { ...sound, maxDeliveryBytes };
      expect(() => defineSource(wrong)).toThrow('source "Acme": maxDeliveryBytes must be a whole number');
      expect(configured({ source: wrong })).toThrow("sources.acme.source.maxDeliveryBytes must be a whole");
    }
  });

  it("needs a definition unless its name is built in, which the types know", () => {
    // @ts-expect-error unknown is no source
    expect(() => enabledSources(defineConfig({ sources: { unknown: {} } }))).toThrow("source-unknown");
    // @ts-expect-error clerk has its definition
    expect(() => enabledSources(defineConfig({ sources: { clerk: { source: sound } } }))).toThrow("built in");
  });
});
