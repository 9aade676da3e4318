import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { standardOutput } from "#lib/aws/standard-output.ts";

afterEach(() => vi.restoreAllMocks());

describe("standard output", () => {
  it("gets each text whole, in order, without the stream", () => {
    const streamed = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const folder = mkdtempSync(join(tmpdir(), "output-"));
    const file = openSync(join(folder, "out"), "w");
    const write = standardOutput(file);
    const long = `${"李".repeat(200_000)}\n`;
    write("first\n");
    write(long);
    closeSync(file);
    expect(readFileSync(join(folder, "out"), "utf8")).toBe(`first\n${long}`);
    expect(streamed).not.toHaveBeenCalled();
    rmSync(folder, { recursive: true });
  });

  it("gets everything in order by the stream, once it has not taken all of a text", () => {
    const streamed = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const folder = mkdtempSync(join(tmpdir(), "output-"));
    const file = openSync(join(folder, "out"), "w");
    closeSync(file);
    const write = standardOutput(file);
    write("first\n");
    write("second\n");
    expect(streamed.mock.calls.map(([text]) => Buffer.from(text).toString())).toEqual([
      "first\n",
      "second\n",
    ]);
    rmSync(folder, { recursive: true });
  });

  it("loses nothing and cuts no text in two where the reader is slower", async () => {
    const lines = 2_000;
    // Once the stream exists, the pipe does not block: a write to a full one fails.
    const script = `
      import { standardOutput } from ${JSON.stringify(resolve("lib/aws/standard-output.ts"))};
      process.stdout.on("error", () => process.exit(1));
      const write = standardOutput();
      for (let line = 0; line < ${lines}; line += 1) write(String(line).padEnd(1_000, ".") + "\\n");
      process.stderr.write("all is written");
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    await once(child.stderr, "data");
    const read = await text(child.stdout);
    const numbers = read
      .trimEnd()
      .split("\n")
      .map((line) => Number(line.replace(/\.+$/, "")));
    expect(numbers).toEqual(Array.from({ length: lines }, (_, line) => line));
  });
});
