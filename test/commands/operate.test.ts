import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { journey, type Journey } from "../journeys/stack.ts";
import { joins, leaves, told, toldSecret, toldSource } from "../journeys/told-source.ts";

const root = join(import.meta.dirname, "../..");

async function run(script: string, ...given: string[]) {
  return new Promise<{ status: number; out: string; error: string }>((resolve) => {
    execFile(
      process.execPath,
      [`infra/commands/${script}.ts`, ...given],
      { cwd: root },
      (failure, out, error) => resolve({ status: Number(failure?.code ?? 0), out, error }),
    );
  });
}

/** A stage with a person of HR who has left, and a held event of another person with the same address. */
async function withNamesake(): Promise<Journey> {
  const stage = await journey({ config: defineConfig({ sources: { hr: { source: toldSource } } }) });
  stage.secrets["sources/hr"] = { current: toldSecret };
  const namesake = joins("2", { email: "p1@example.com" });
  for (const event of [
    told("1", [joins("1")]),
    told("1", [leaves("1")]),
    told("2", [namesake], "namesake"),
  ]) {
    await stage.send("hr", event);
    await stage.stack.settled();
  }
  return stage;
}

describe("commands about what is parked", () => {
  it("list held events, refuse to act on all of them without a yes, and act on one event", async () => {
    const { stack } = await withNamesake();
    const at = ["--url", stack.url] as const;
    const listed = await run("operate", "held", "list", ...at);
    expect(listed).toMatchObject({ status: 0, error: "" });
    for (const word of ["namesake", "returned-under-new-id", "email", "--as same"]) {
      expect(listed.out).toContain(word);
    }

    const all = await run("operate", "held", "release", "--as", "same", ...at);
    expect(all).toMatchObject({ status: 1, error: expect.stringContaining("this would release 1 of hr") });
    expect(all.error).toContain("npm run held -- release --yes");
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "1", status: "Resigned" }]);

    const slip = await run("operate", "held", "release", "--id", "nameske", "--as", "same", ...at);
    expect(slip).toMatchObject({ status: 1, out: "nothing is held by the id nameske\n" });
    const one = await run("operate", "held", "release", "--id", "namesake", "--as", "same", ...at);
    expect(one).toMatchObject({ status: 0, out: expect.stringContaining("accepted linked") });
    expect(stack.sandbox?.users()).toMatchObject([{ externalId: "2", status: "Activated" }]);
    expect((await run("operate", "held", "list", ...at)).out).toBe("nothing is held\n");
  });

  it("pause a source and resume it", async () => {
    const { stack, send } = await withNamesake();
    const at = ["--url", stack.url] as const;
    expect(await run("operate", "pause", "hr", ...at)).toMatchObject({ status: 0, error: "" });
    await send("hr", told("3", [joins("3")], "third"));
    await stack.settled();
    const waiting = await run("operate", "waiting", "list", ...at);
    for (const word of ["third", "source-paused", "npm run resume -- hr"])
      expect(waiting.out).toContain(word);
    const explained = await run("explain", "hr/third", ...at);
    expect(explained).toMatchObject({ status: 0, out: expect.stringMatching(/paused +hr, since 2/) });
    expect(await run("operate", "resume", "hr", ...at)).toMatchObject({
      status: 0,
      out: expect.stringContaining("1 stored event comes back now"),
    });
    await stack.settled();
    expect(stack.sandbox?.users()).toMatchObject([{}, { externalId: "3" }]);
    const unknown = await run("operate", "pause", "rh", ...at);
    expect(unknown).toMatchObject({ status: 1, error: expect.stringContaining("source-not-enabled") });
  });

  it("explain both accounts of a conflict, and a person by an earlier id", async () => {
    const { stack } = await withNamesake();
    const at = ["--url", stack.url] as const;
    const [old] = stack.sandbox?.users() ?? [];
    const conflict = (await run("explain", "2", ...at)).out;
    for (const line of [
      /outcome +held returned-under-new-id \(email\)/,
      new RegExp(`other account +${old?.userId}`),
      /other person +1/,
      /parked +as held/,
      /next +If it is the same person/,
    ]) {
      expect(conflict).toMatch(line);
    }
    await run("operate", "held", "release", "--id", "namesake", "--as", "same", ...at);
    const byOldId = (await run("explain", "1", ...at)).out;
    for (const line of [/^person 2$/m, /asked as +1/, /formerly +1/, /outcome +accepted linked/]) {
      expect(byOldId).toMatch(line);
    }
    expect(await run("explain", "1", "2", ...at)).toMatchObject({ status: 1 });
  });
});
