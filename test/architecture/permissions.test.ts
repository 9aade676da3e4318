import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { namesOf } from "#infra/aws/names.ts";
import { policiesTemplate, policyDocument, stagePolicies } from "#infra/aws/permissions.ts";
import { permissionsTable } from "#infra/aws/permissions-table.ts";

// The policies of `npm run permissions`. test/aws/rehearsal.moto.ts compares them with what the commands call.

const network = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] };
/** Everything that a configuration can add, with the longest names. */
const largest = { service: `a${"b".repeat(30)}`, encryption: "customer-managed" as const, network };
const least = { service: "authing-inbound", encryption: "aws-managed" as const, network: undefined };

/** As IAM counts them: without white space, and with the longest partition and region. */
function lengthOf(document: object): number {
  const text = JSON.stringify(document, (_, value) => {
    const text = (value as { "Fn::Sub"?: string } | null)?.["Fn::Sub"];
    return (
      text
        ?.replaceAll("${AWS::Partition}", "aws-us-gov")
        .replaceAll("${AWS::Region}", "ap-southeast-1")
        .replaceAll("${AWS::AccountId}", "123456789012") ?? value
    );
  });
  return text.length;
}

describe("the policies for a stage", () => {
  it("fit into IAM's 6,144 characters with the longest names", () => {
    for (const policy of stagePolicies(largest, "a-very-long-name-of-a-stage")) {
      expect(lengthOf(policyDocument(policy) as object), policy.name).toBeLessThan(6144);
    }
  });

  it("name no partition and no account, and every action by its whole name", () => {
    const text = JSON.stringify(policiesTemplate(largest, "prod"));
    expect(text).not.toMatch(/arn:aws|\b\d{12}\b/);
    const actions = stagePolicies(largest, "prod").flatMap(({ grants }) =>
      grants.flatMap(({ actions }) => actions),
    );
    expect(actions.filter((action) => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action))).toEqual([]);
  });

  it("hold rights for a key and for subnets only where the configuration has them", () => {
    expect(JSON.stringify(stagePolicies(least, "prod"))).not.toMatch(/kms:|ec2:/);
    expect(JSON.stringify(stagePolicies(largest, "prod"))).toMatch(/kms:.*ec2:|ec2:.*kms:/);
  });

  it("let only the commands that handle secrets read them", () => {
    const reading = stagePolicies(least, "prod").filter((policy) =>
      JSON.stringify(policy).includes("secretsmanager:GetSecretValue"),
    );
    expect(reading.map(({ name }) => name)).toEqual(["doctor", "enrol"]);
  });

  it("know as much of a stack's name as CloudFormation keeps in the names that it generates", () => {
    expect(namesOf("authing-inbound", "prod").generated).toBe("authing-inbound-prod-*");
    expect(namesOf("authing-inbound", "production").generated).toBe("authing-inbound-producti*");
  });

  it("are in docs/permissions.md as they are", () => {
    const page = readFileSync("docs/permissions.md", "utf8");
    const table = permissionsTable(stagePolicies({ ...largest, service: "<service>" }, "<stage>"));
    // Without the spaces with which the formatter lines up a table.
    const plain = (text: string) => text.replaceAll(/ +\|/g, " |").replaceAll(/-{3,}/g, "---");
    expect(plain(page), `docs/permissions.md lacks this:\n\n${table}`).toContain(plain(table));
  });
});
