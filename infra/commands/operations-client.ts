import type { OperationRequest } from "#lib/handlers/operations.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { outputNames } from "#infra/stage/outputs.ts";
import { outputOf } from "#infra/stage/stage.ts";
import type { Telling } from "./advice.ts";
import { UsageError } from "./command-line.ts";
import { openDeployedStage } from "./deployed-stage.ts";
import { findStack } from "./laptop-stack.ts";
import { operatorHeaders } from "#infra/local/operator-key.ts";
import { localSettings } from "#infra/local/settings.ts";

/** The stack that carries out a command's operations, as its options name it. */
export const placeOptions = {
  /** The address of the stack on this laptop. Default `http://localhost:<PORT>`. */
  url: "<address>",
  /** A deployed stage instead, asked with the operator's own AWS credentials. */
  stage: "<stage>",
  region: "<region>",
} as const;

export type Place = { readonly [option in keyof typeof placeOptions]?: string | undefined };

/** How a place is named in a line that the operator can type: `--stage prod`; empty for the laptop. */
export const placeOf = ({ url, stage, region }: Place): string =>
  Object.entries({ url, stage, region })
    .flatMap(([name, value]) => (value === undefined ? [] : `--${name} ${value}`))
    .join(" ");

/** How a command tells things, by its options. */
export const tellingOf = (options: Place & { readonly lang?: string | undefined }): Telling => ({
  language: options.lang === "zh" ? "zh" : "en",
  place: placeOf(options),
});

/** Sends an operation. Throws an `InboundError` that says in one line why it was not carried out. */
export type Operate = <Result>(request: OperationRequest) => Promise<Result>;

/** Opens the function that carries operations out: the one on this laptop or, with `--stage`, the one on AWS. */
export async function openOperations({ url, stage, region }: Place): Promise<Operate> {
  if (stage === undefined) return onLaptop(url ?? `http://localhost:${localSettings().port}`);
  if (url !== undefined) throw new UsageError("--url and --stage name two places", ["give one of them"]);
  return onStage(stage, region);
}

function onLaptop(url: string): Operate {
  const found = findStack(url);
  // Who opens the operations may ask later, or not at all.
  found.catch(() => {});
  return async (request) => {
    await found;
    const answer = await fetch(`${url}/operations`, {
      method: "POST",
      headers: operatorHeaders(localSettings().storeFolder, url),
      body: JSON.stringify(request),
    }).catch(() => {
      throw new InboundError("unavailable", "no-answer", { path: url, hint: "it has ended meanwhile" });
    });
    if (answer.status === 401) {
      throw new InboundError("misconfigured", "operator-refused", {
        path: url,
        hint: "run this as the user that runs npm run serve, with the same INBOUND_STORE",
      });
    }
    if (answer.ok) return (await answer.json()) as never;
    const { error = `it answers ${answer.status}` } = (await answer.json().catch(() => ({}))) as {
      error?: string;
    };
    throw new InboundError("unavailable", "operation-failed", { path: url, hint: error });
  };
}

async function onStage(stage: string, region: string | undefined): Promise<Operate> {
  const { aws, stack } = await openDeployedStage(stage, region);
  const functionName = outputOf(stack, outputNames.operationsFunction);
  return async (request) => (await aws.invoke(functionName, request)) as never;
}
