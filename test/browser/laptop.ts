import { defineConfig } from "#lib/config.ts";
import { createConsole } from "#infra/console/console.ts";
import { laptopBackend } from "#infra/console/laptop.ts";
import type { SendRequest, Sent } from "#infra/console/types.ts";
import { readListFixture } from "#infra/fixtures/lists.ts";
import { startRecordedApis } from "#infra/local/recorded-api.ts";
import { localSecrets } from "#infra/local/secret-file.ts";
import { localSettings } from "#infra/local/settings.ts";
import { startStack, type Stack } from "#infra/local/stack.ts";

export interface Laptop {
  readonly stack: Stack;
  /** The address to open, with the token in it. */
  readonly address: string;
  /** Headers of a browser that has opened the address. */
  readonly opened: Readonly<Record<string, string>>;
  /** Signs and sends, as the page does. */
  send(request: SendRequest): Promise<Sent>;
  /** Sends a body of the sender, in JSON. */
  say(source: string, body: unknown): Promise<Sent>;
  close(): Promise<void>;
}

const lists = ["okta"];

/** What `npm start` runs, with three sources and the invented secrets, on free ports. */
export async function openLaptop(): Promise<Laptop> {
  const settings = localSettings({});
  const apis = await startRecordedApis(
    Object.fromEntries(
      lists.map((name) => {
        const list = readListFixture(name);
        const asked = list?.asked.flatMap(({ answers }) => answers) ?? [];
        return [name, [{ answers: [...(list?.answers ?? []), ...asked], startsAgain: true }]];
      }),
    ),
  );
  const loadSecret = localSecrets(settings, apis.urls);
  const stack = await startStack({
    config: defineConfig({ sources: { bamboohr: {}, clerk: {}, okta: {} } }),
    loadSecret,
    port: 0,
    isInvented: true,
    log: { info() {}, warn() {}, error() {} },
    page: ({ machine, sandbox, url }) =>
      createConsole(
        laptopBackend({
          machine,
          sandbox,
          loadSecret,
          isInvented: true,
          url,
          play: (source, recording) => apis.play(source, recording),
        }),
      ),
  });
  const address = stack.page ?? "";
  const visit = await fetch(address, { redirect: "manual" });
  const opened = { cookie: visit.headers.get("set-cookie")?.split(";")[0] ?? "" };

  async function send(request: SendRequest): Promise<Sent> {
    const answer = await fetch(`${stack.url}/console/api/send`, {
      method: "POST",
      headers: { ...opened, "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Sent;
  }

  return {
    stack,
    address,
    opened,
    send,
    say: (source, body) =>
      send({
        source,
        said: { method: "POST", contentType: "application/json", query: {}, body: JSON.stringify(body) },
      }),
    async close() {
      await stack.close();
      await apis.close();
    },
  };
}

/** Employees of BambooHR as its webhooks tell of them. */
export const employees = (from: number, count: number, action: "Created" | "Deleted") => ({
  employees: Array.from({ length: count }, (_, index) => ({
    id: String(from + index),
    action,
    fields: {
      "First Name": { value: "三" },
      "Last Name": { value: "张" },
      "Work Email": { value: `p${from + index}@example.com` },
    },
  })),
});
