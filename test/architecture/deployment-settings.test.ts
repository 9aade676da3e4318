import { describe, expect, it } from "vitest";
import { functionFiles } from "#infra/aws/bundle.ts";
import { deployment } from "#infra/aws/deployment.ts";
import { defineConfig } from "#lib/config.ts";

// What the settings `readers` and `webhooks` become in a template.

type Settings = Pick<Parameters<typeof defineConfig>[0], "readers" | "webhooks">;
const made = (settings: Settings) =>
  deployment(
    { ...defineConfig({ ...settings, sources: {} }), sources: [{ name: "clerk" }] },
    functionFiles(),
  );

interface Policy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: readonly unknown[];
    readonly Condition: unknown;
  }[];
}
const statementOf = (settings: Settings, sid: string) =>
  (made(settings).bucketPolicy as unknown as Policy).Statement.find(({ Sid }) => Sid === sid);

describe("the bucket", () => {
  it("lets what holds people be read by the functions that need it, and by the named readers", () => {
    const hr = "arn:aws:iam::123456789012:role/hr-*";
    expect(statementOf({ readers: [hr] }, "NamedReadersOnly")).toEqual({
      Sid: "NamedReadersOnly",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: ["incoming", "plan", "rows", "waiting", "parked"].map((folder) => ({
        "Fn::Sub": `\${UploadsBucket.Arn}/${folder}/*`,
      })),
      Condition: {
        ArnNotLike: {
          "aws:PrincipalArn": [
            ...[
              "EventsApply",
              "NoticesDigest",
              "OperationsRun",
              "RostersRun",
              "UploadsPlan",
              "UploadsRun",
              "WaitingBringBack",
            ].map((name) => expect.objectContaining({ "Fn::GetAtt": [`${name}Role`, "Arn"] })),
            hr,
          ],
        },
      },
    });
  });

  it("refuses requests without TLS", () => {
    expect(statementOf({}, "TlsOnly")).toMatchObject({ Effect: "Deny", Action: "s3:*" });
  });

  it("has readers that are ARNs", () => {
    for (const reader of ["hr-operators", "arn:aws:iam::1:role/x", "*", "arn:aws:s3:::bucket"])
      expect(() => defineConfig({ readers: [reader], sources: {} })).toThrow("readers.0");
    expect(() =>
      defineConfig({
        readers: ["arn:aws-cn:iam::123456789012:user/hr/张三".slice(0, -2) + "a"],
        sources: {},
      }),
    ).not.toThrow();
  });
});

describe("webhook functions", () => {
  it("share the account's concurrency, unless some is kept for each", () => {
    expect(made({}).functions["webhooks-clerk"]).not.toHaveProperty("reservedConcurrency");
    const { functions } = made({ webhooks: { reservedConcurrency: 20 } });
    expect(functions["webhooks-clerk"]).toMatchObject({ reservedConcurrency: 20 });
    expect(functions["events-apply"]).not.toHaveProperty("reservedConcurrency");
  });

  it("log no address, unless the configuration says so; never a path, a query or a header", () => {
    expect(made({}).accessLogFormat).toBe(
      '{"requestId":"$context.requestId","routeKey":"$context.routeKey","status":"$context.status","responseLatency":"$context.responseLatency","integrationLatency":"$context.integrationLatency","error":"$context.integrationErrorMessage"}',
    );
    const logged = made({ webhooks: { logsAddresses: true } }).accessLogFormat;
    expect(JSON.parse(logged)).toMatchObject({ address: "$context.identity.sourceIp" });
  });
});
