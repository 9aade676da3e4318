import { describe, expect, it } from "vitest";
import { readArguments, usageOf } from "#infra/commands/operate-arguments.ts";

const said = (line: string) => {
  const [command = "", ...given] = line.split(" ").filter(Boolean);
  return readArguments(command, given);
};

describe("what an operator types about parked messages", () => {
  it.each([
    ["dead list", { operation: "list", kind: "dead" }],
    ["rejected list --source okta", { operation: "list", kind: "rejected", source: "okta" }],
    ["waiting list --stage prod", { operation: "list", kind: "waiting" }],
    ["dead redrive --dry-run", { operation: "redrive", kind: "dead", dryRun: true }],
    ["rejected redrive --id e-1", { operation: "redrive", kind: "rejected", id: "e-1", dryRun: false }],
    ["held release --source okta", { operation: "release", source: "okta" }],
    ["held release --id e-1 --as same", { operation: "release", id: "e-1", as: "same" }],
    ["held discard --yes", { operation: "discard", kind: "held" }],
    ["waiting discard --id e-1", { operation: "discard", kind: "waiting", id: "e-1" }],
    ["pause okta", { operation: "pause", source: "okta" }],
    ["resume okta --stage prod --region cn-north-1", { operation: "resume", source: "okta" }],
  ])("%s is understood", (line, request) => {
    expect(said(line)).toMatchObject({ request });
    const { request: understood } = said(line) as { request: object };
    expect(understood).toEqual(request);
  });

  it.each([
    ["held", "no verb is given"],
    ["held releas", '"releas" is no verb of held'],
    ["held redrive", '"redrive" is no verb of held'],
    ["held toString", '"toString" is no verb of held'],
    ["waiting release", '"release" is no verb of waiting'],
    ["held release okta", '"okta" is too much'],
    ["held release --source", "Option '--source <value>' argument missing"],
    ["held release --sorce okta", "Unknown option '--sorce'"],
    ["held release --as another", "--as another is unknown"],
    ["held release --dry-run", "--dry-run means nothing for release"],
    ["dead redrive --as same", "--as means nothing for redrive"],
    ["dead list --yes", "--yes means nothing for list"],
    ["pause", "no source is named"],
    ["pause okta clerk", '"clerk" is too much'],
    ["pause okta --id e-1", "--id means nothing for pause"],
  ])("%s is refused", (line, problem) => {
    expect(said(line)).toEqual({ problem });
    expect(usageOf(line.split(" ")[0] ?? "").length).toBeGreaterThan(0);
  });
});
