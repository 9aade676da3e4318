import { describe, expect, it } from "vitest";
import { readEnvironment } from "#lib/aws/environment.ts";
import { awsFailure } from "#lib/aws/failure.ts";
import { InboundError } from "#lib/contract/errors.ts";

describe("the environment of a function", () => {
  it("holds the variables that the function reads", () => {
    const set = { SERVICE: "authing-inbound", STAGE: "prod", TABLE: "ledger", OTHER: "x" };
    expect(readEnvironment(["STAGE", "TABLE"], set)).toEqual({ STAGE: "prod", TABLE: "ledger" });
  });

  it.each([{}, { EVENTS_QUEUE_URL: "" }, { EVENTS_QUEUE_URL: "events" }])(
    "names what is missing in %o",
    (set) => {
      expect(() => readEnvironment(["EVENTS_QUEUE_URL"], set)).toThrow(
        expect.objectContaining({ code: "misconfigured", path: "EVENTS_QUEUE_URL" }),
      );
    },
  );
});

describe("a failure of AWS", () => {
  const failure = (name: string) =>
    Object.assign(new Error("zhang.san@example.com is not allowed"), { name });

  it.each([
    ["AccessDeniedException", "misconfigured"],
    ["QueueDoesNotExist", "misconfigured"],
    ["ResourceNotFoundException", "misconfigured"],
    ["CredentialsProviderError", "misconfigured"],
    ["ThrottlingException", "unavailable"],
    ["TimeoutError", "unavailable"],
    ["not a name: zhang.san@example.com", "unavailable"],
  ])("%s is %s, may be retried, and quotes nothing", (name, code) => {
    const error = awsFailure(failure(name), "ledger-unreachable");
    expect(error).toMatchObject({ code, reason: "ledger-unreachable", retryable: true });
    expect(`${String(error)} ${error.hint} ${String(error.cause)}`).not.toContain("zhang.san");
  });

  it.each([
    "ValidationException",
    "ItemCollectionSizeLimitExceededException",
    "EntityTooLarge",
    "InvalidMessageContents",
  ])("%s is a defect, and is not retried", (name) => {
    const error = awsFailure(failure(name), "ledger-unreachable");
    expect(error).toMatchObject({ code: "malformed", reason: "aws-call-invalid", retryable: false });
    expect(error.hint).toContain(name);
    expect(`${String(error)} ${error.hint} ${String(error.cause)}`).not.toContain("zhang.san");
  });

  it("stays as it is when it is one of ours", () => {
    const ours = new InboundError("oversized", "event-too-large");
    expect(awsFailure(ours, "queue-unreachable")).toBe(ours);
  });
});
