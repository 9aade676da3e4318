import * as z from "zod/mini";
import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Parked } from "#lib/contract/parked.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { maxUploadBytes } from "#lib/uploads/upload-size.ts";
import { AuthingSecret } from "#lib/wiring/authing.ts";
import { AnswersFile, type RecordedAnswer } from "#infra/fixtures/cases.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "#infra/sandbox/sandbox.ts";
import type { StoreLedger } from "#infra/store/ledger.ts";
import type { StoreObjects } from "#infra/store/objects.ts";
import { temporaryStore, type Store } from "#infra/store/store.ts";
import { maxWebhookBytes, parsed, startMachine, type Machine } from "./machine.ts";
import { noSuchRoute } from "./no-such-route.ts";
import { operatorAnswer, segmentsOf, uploadAnswer } from "./operator-routes.ts";
import { isOfThisMachine } from "./own-page.ts";
import { serve, type Answer, type LocalRequest, type RequestHead } from "./server.ts";

export interface StackOptions {
  readonly config: Config;
  readonly loadSecret: LoadSecret;
  /** 0 takes a free port. The sandbox listens on the next port, or on a free one. */
  readonly port: number;
  /** The host of another Authing than the sandbox. */
  readonly authingHost?: string;
  readonly sandbox?: Omit<SandboxOptions, "port" | "accessKeys">;
  readonly log: Log;
  /** Takes the answers that a source's API gives from now on. Absent: sources ask their real APIs. */
  readonly record?: (source: string, answers: readonly RecordedAnswer[]) => void;
  /** The people that the recorded API of a source can be asked about, by the source's ids. Absent: sources ask their real APIs. */
  readonly recordedPeople?: (source: string) => readonly string[] | undefined;
  /** Default: one that ends with the process. The stack does not close it. */
  readonly store?: Store;
  /** Whether everybody who comes in is invented: `MachineOptions`. */
  readonly isInvented?: boolean;
  /** Makes what answers the requests of a page. Absent: there is no page. */
  readonly page?: (stack: {
    readonly machine: Machine;
    readonly sandbox: Sandbox | undefined;
    readonly url: () => string;
  }) => Page;
}

/** What a stack serves beside its own routes, to the user of this machine. */
interface Page {
  /** The address to open. */
  address(url: string): string;
  /** `undefined` for a path that is none of the page's. */
  answer(request: LocalRequest): Promise<Answer> | Answer | undefined;
  close(): void;
}

export interface Stack {
  /** `http://localhost:<port>`. */
  readonly url: string;
  /** The address of the page, where there is one. */
  readonly page: string | undefined;
  readonly authingHost: string;
  readonly sandbox: Sandbox | undefined;
  readonly ledger: StoreLedger;
  /** The parked messages. */
  readonly parked: Parked;
  /** The bucket. */
  readonly objects: StoreObjects;
  /** Resolves when every event and file that has come in has an outcome or is parked. */
  settled(): Promise<void>;
  /** Ends without waiting for what is in work, which a kept store still has. */
  close(): Promise<void>;
}

/** The bundle on a laptop, with a sandbox in place of Authing: one server for senders, for the developer and for files. */
export async function startStack({ loadSecret, port, ...options }: StackOptions): Promise<Stack> {
  const store = options.store ?? temporaryStore();
  const sandbox =
    options.authingHost === undefined
      ? await startSandbox({
          ...options.sandbox,
          port: port === 0 ? 0 : port + 1,
          accessKeys: [...(await secretReader(loadSecret).read("authing", AuthingSecret))],
        })
      : undefined;
  const authingHost = options.authingHost ?? sandbox?.url ?? "";
  const config = { ...options.config, authing: { ...options.config.authing, host: authingHost } };
  const machine = startMachine({
    config,
    loadSecret,
    store,
    log: options.log,
    isPatient: false,
    isInvented: options.isInvented === true && sandbox !== undefined,
  });
  const own = { machine, operate, store, stack: "laptop" };
  let url = "";
  const page = options.page?.({ machine, sandbox, url: () => url });

  /** A recorded API says of no other person whether they exist: without a word about it, that would look like a wrong host. */
  async function operate(request: OperationRequest): Promise<unknown> {
    try {
      return await machine.operate(request);
    } catch (error) {
      const people = request.operation === "sync" ? options.recordedPeople?.(request.source) : undefined;
      if (!people || request.operation !== "sync" || people.includes(request.subject)) throw error;
      throw new InboundError("malformed", "person-not-recorded", {
        path: request.source,
        hint: `the recorded API has no such person; it has ${people.join(", ")}`,
      });
    }
  }

  /** As on AWS; and the developer, whose machine this is, is told which path it was. */
  async function noRoute(request: LocalRequest): Promise<Answer> {
    machine.log.warn(noSuchRoute(request, [...machine.sources.keys()]));
    return machine.refuse(request);
  }

  /** The answers that a source's API gives from now on. `npm run send` brings those of a case. */
  function recordAnswers(source: string, body: Buffer): Answer {
    if (!options.record) return { status: 409, body: { error: "sources ask their own APIs here" } };
    const answers = z.safeParse(AnswersFile, parsed(body));
    if (!answers.success) return { status: 400, body: { error: "write answers as in answers.json" } };
    options.record(source, answers.data);
    return { status: 204 };
  }

  async function answer(request: LocalRequest): Promise<Answer> {
    const [first = "", ...rest] = segmentsOf(request);
    // An unknown path is answered as a bad proof is: a stranger cannot find out which paths exist.
    if (first === "webhooks") return machine.receive(rest, request) ?? noRoute(request);
    if (first === "triggers" && request.method === "POST")
      return machine.invoke(rest, request) ?? noRoute(request);
    const shown = page?.answer(request);
    if (shown) return shown;
    // Senders may come through a tunnel; everything else is for this machine alone.
    if (!isOfThisMachine(request)) return foreign;
    if (first === "recorded-answers" && request.method === "PUT")
      return recordAnswers(rest.join("/"), request.body);
    return operatorAnswer(request, own) ?? noRoute(request);
  }

  const server = await serve(
    port,
    (method) => (method === "PUT" ? maxUploadBytes : maxWebhookBytes),
    answer,
    { stream: (head, body) => (isForeignUpload(head) ? refuse(foreign) : uploadAnswer(head, body, own)) },
  ).catch(async (error: unknown) => {
    await machine.close(0);
    await sandbox?.close();
    throw error;
  });
  url = `http://localhost:${server.port}`;

  return {
    url,
    page: page?.address(url),
    authingHost,
    sandbox,
    ledger: store.ledger,
    parked: store.parked,
    objects: store.objects,
    settled: () => machine.settled(),
    async close() {
      page?.close();
      await server.close();
      await machine.close(0);
      await sandbox?.close();
    },
  };
}

const foreign: Answer = {
  status: 403,
  body: { error: "only commands and pages of this machine may ask here" },
};
const refuse = (answer: Answer): Promise<Answer> => Promise.resolve(answer);
const isForeignUpload = (head: RequestHead): boolean =>
  segmentsOf(head)[0] === "uploads" && !isOfThisMachine(head);
