import { expect, it } from "vitest";
import { covers } from "../permissions.ts";
import type { Stack } from "../stack.ts";
import { templateText } from "../template.ts";

/** What no story uses, and why it is allowed all the same: function (`*`: any), action, reason. */
const unusedForAReason: readonly (readonly [name: string, action: string, reason: string])[] = [
  ["*", "logs:CreateLogStream", "Lambda writes the log in the function's name"],
  ["*", "logs:PutLogEvents", "Lambda writes the log in the function's name"],
  ...["uploads-plan", "uploads-run", "uploads-finish"].flatMap((name) => [
    [name, "s3:AbortMultipartUpload", "results of more than 5 MiB that end in the middle"] as const,
    [name, "s3:ListBucket", "without it S3 answers 403 for what is gone, and moto does not"] as const,
    [
      name,
      "dynamodb:DeleteItem",
      "an outcome that has expired, of a file that is told of again after 90 days",
    ] as const,
  ]),
  ...["events-apply", "operations-run"].map(
    (name) =>
      [name, "dynamodb:DeleteItem", "an outcome that has expired, of an event that comes again"] as const,
  ),
  ["rosters-run", "s3:AbortMultipartUpload", "parts and reports of more than 5 MiB that end in the middle"],
  ["rosters-run", "s3:ListBucket", "without it S3 answers 403 for what is gone, and moto does not"],
  ["rosters-run", "dynamodb:DeleteItem", "an outcome that has expired, of an event that comes again"],
  [
    "rosters-run",
    "dynamodb:Query",
    "departures of an hour: a joiner that a file has brought, and who is suspended",
  ],
  [
    "rosters-run",
    "secretsmanager:GetSecretValue",
    "the stories read the list of one source, and no encrypted file",
  ],
  ["operations-run", "s3:AbortMultipartUpload", "results of more than 5 MiB that end in the middle"],
  ["uploads-run", "dynamodb:PutItem", "a rename that a worker began and did not end"],
  ["events-apply", "sqs:SendMessage", "the events of a source's list of changes"],
  ["events-apply", "s3:PutObject", "the same, where one is too large for the queue"],
  ["watch-fields", "s3:ListBucket", "without it S3 answers 403 on the first day, and moto does not"],
  ["waiting-bring-back", "s3:ListBucket", "without it S3 answers 403 for what is gone, and moto does not"],
];

/** Both ways: whatever the functions did in all stories, their roles allow; and what the roles allow, they did. */
export function roles(stacks: readonly Stack[]): void {
  it("allow every call that a function made", () => {
    const refused = stacks.flatMap(({ calls, permissions }) =>
      calls
        .filter(({ caller }) => caller !== "tests")
        .filter((call) => !permissions.some((permission) => covers(permission, call)))
        .map(({ caller, action, resources }) => `${caller}: ${action} on ${resources.join(", ")}`),
    );
    expect([...new Set(refused)]).toEqual([]);
  });

  it("allow nothing that no function needs", () => {
    const allowed = new Set<string>();
    const used = new Set<string>();
    for (const { calls, permissions } of stacks) {
      for (const permission of permissions) {
        const { function: name, action, written } = permission;
        const what = `${name}: ${action} on ${written}`;
        const isExpected = unusedForAReason.some(
          ([who, which]) => (who === "*" || who === name) && which === action,
        );
        if (!isExpected) allowed.add(what);
        if (!used.has(what) && calls.some((call) => covers(permission, call))) used.add(what);
      }
    }
    expect([...allowed.difference(used)]).toEqual([]);
  });

  it("and everything else in the template name no partition", () => {
    expect(templateText.match(/arn:aws[^"]*/g) ?? []).toEqual([]);
  });
}
