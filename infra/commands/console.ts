import type { OperationRequest } from "#lib/handlers/operations.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { createConsole, type Backend } from "#infra/console/console.ts";
import { serve as listen } from "#infra/local/server.ts";
import { localSettings } from "#infra/local/settings.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { openOperations, placeOf, placeOptions } from "./operations-client.ts";
import { portFailure } from "./ports.ts";

/** More bytes than any request of the page has. */
const maxRequestBytes = 64 * 1024;

// npm run console -- [--stage prod] [--allow-changes]: the page of a deployed stage, or of the machine that npm run serve runs, on this
// machine alone. It asks with the operator's own rights, and only reads unless --allow-changes is given.
const open = form([], { "allow-changes": "", port: "<port>", ...placeOptions }, async ({ options }) => {
  const settings = localSettings();
  const config = await loadConfig();
  const operate = await openOperations(options);
  const backend: Backend = {
    place: {
      kind: "elsewhere",
      name: options.stage ?? options.url ?? `http://localhost:${settings.port}`,
      options: placeOf(options),
      allowsChanges: options["allow-changes"] === true,
      isInvented: false,
      sources: [...enabledSources(config).values()].map(({ name, title, list }) => ({
        name,
        title,
        cases: [],
        story: [],
        hasList: list !== undefined,
      })),
    },
    operate: (request: OperationRequest) => operate(request),
    news:
      options.stage === undefined
        ? { everyMilliseconds: 1000, overlapMilliseconds: 0 }
        : // Each question costs a call of the stage's function, and CloudWatch is behind by some seconds.
          { everyMilliseconds: 10_000, overlapMilliseconds: 60_000 },
  };
  const page = createConsole(backend);
  const port = options.port === undefined ? 0 : Number(options.port);
  const server = await listen(
    port,
    () => maxRequestBytes,
    async (request) => (await page.answer(request)) ?? { status: 404, body: { error: "no such path" } },
  ).catch((error: unknown) => {
    throw portFailure(error, port);
  });
  const close = async () => {
    page.close();
    await server.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void close());
  say(`Console  ${page.address(`http://localhost:${server.port}`)}`);
  say(
    backend.place.allowsChanges
      ? `It may change what is parked at ${backend.place.name}. Ctrl-C ends it.`
      : `It only reads at ${backend.place.name}; --allow-changes lets it redrive, release and discard. Ctrl-C ends it.`,
  );
  return 0;
});

await runCommand("console", open);
