import { expect, it, onTestFinished } from "vitest";
import { readListFixture } from "#infra/fixtures/lists.ts";
import { fixtureSecret } from "#infra/fixtures/cases.ts";
import { run } from "../../../commands/real-command.ts";
import { openGrownCompany } from "../../../journeys/grown-company.ts";
import { serveFunction } from "../../operations-function.ts";
import { createStack } from "../../stage.ts";
import { expectAgreement } from "../agreement.ts";
import { putSecrets } from "../senders.ts";
import type { OpenStack } from "../story.ts";

const [stage, functionName, source] = ["compared", "operations-of-rosters", "bamboohr"];

export function rosterCommands(open: OpenStack): void {
  it("of an operator compare a stage: reconcile, sync, departments", async () => {
    const stack = await open();
    const recorded = readListFixture(source);
    if (!recorded) throw new Error(`${source} has no list.json`);
    const company = await openGrownCompany(recorded, 30);
    await putSecrets(stack, []);
    await stack.putSecret(`sources/${source}`, {
      ...(fixtureSecret(source) as object),
      apiHost: company.url,
    });
    await createStack(stage, { OperationsFunctionName: functionName });
    const lambda = await serveFunction(functionName, (event) => stack.fn("operations-run").invoke(event));
    onTestFinished(() => lambda.close());

    /** Runs a command as the operator does, while the stage works. */
    async function command(name: string, ...given: string[]) {
      const environment = { AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${lambda.port}` };
      const state = { isOver: false };
      const ran = run(name, [...given, "--stage", stage], environment).finally(() => {
        state.isOver = true;
      });
      while (!state.isOver) await stack.drain();
      return ran;
    }
    const names = () => stack.sandbox.users().map(({ externalId }) => externalId);

    const plan = await command("reconcile", source, "--plan");
    expect(plan).toMatchObject({ status: 0, out: expect.stringMatching(/30 +would join/) as unknown });
    expect(plan.error).toContain(`--stage ${stage} applies it`);
    expect(names()).toEqual([]);
    expect(await command("reconcile", source, "--yes")).toMatchObject({
      status: 0,
      out: expect.stringMatching(/30 +joined/) as unknown,
    });
    expect(names()).toHaveLength(30);

    const [gone] = company.people;
    if (!gone) throw new Error("the company is empty");
    company.leave(gone);
    expect(await command("sync", source, gone.subject, "--yes")).toMatchObject({
      status: 0,
      out: expect.stringContaining("applied: accepted") as unknown,
    });
    expect(stack.sandbox.users().filter(({ status }) => status === "Resigned")).toMatchObject([
      { externalId: gone.subject },
    ]);

    const { status, out, error } = await command("departments", source);
    expect({ status, error }).toEqual({ status: 0, error: "" });
    expect(out).toContain("2 departments of bamboohr");
    expect(await command("reconcile", "acme")).toMatchObject({
      status: 1,
      error: expect.stringContaining("source-unknown") as unknown,
    });
    await expectAgreement(stack);
  }, 240_000);
}
