import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { secretLoader } from "#lib/aws/secret-loader.ts";
import { createSecret, putSecret } from "./resources.ts";

const names = { service: "authing-inbound", stage: "test" };
const load = secretLoader(names);
let source = "";
let id = "";
beforeEach(() => {
  source = `sources/${randomUUID()}`;
  id = `${names.service}/${names.stage}/${source}`;
});

describe("secrets in Secrets Manager", () => {
  it("are missing before the first deployment", async () => {
    await expect(load(source)).rejects.toMatchObject({ code: "misconfigured", reason: "secret-missing" });
  });

  it("are empty until the operator puts a value there", async () => {
    await createSecret(id);
    await expect(load(source)).rejects.toMatchObject({ code: "misconfigured", reason: "secret-empty-yet" });
  });

  /** When the current version was put. */
  const changedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

  it("have one version at first, and the one before after a rotation", async () => {
    await createSecret(id);
    await putSecret(id, '{"signingSecret":"one"}');
    expect(await load(source)).toEqual({ current: { signingSecret: "one" }, changedAt });
    await putSecret(id, '{"signingSecret":"two"}');
    expect(await load(source)).toEqual({
      changedAt,
      current: { signingSecret: "two" },
      previous: { signingSecret: "one" },
    });
    await putSecret(id, '{"signingSecret":"three"}');
    expect(await load(source)).toEqual({
      changedAt,
      current: { signingSecret: "three" },
      previous: { signingSecret: "two" },
    });
  });

  it("must be JSON, of which only the current one matters", async () => {
    await createSecret(id);
    await putSecret(id, "whsec_bm90IEpTT04=");
    const failure = await load(source).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "misconfigured", reason: "secret-not-json" });
    expect(String(failure)).not.toContain("whsec");
    await putSecret(id, '{"signingSecret":"one"}');
    expect(await load(source)).toEqual({ current: { signingSecret: "one" }, changedAt });
  });
});
