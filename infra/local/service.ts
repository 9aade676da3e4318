import type { Config } from "#lib/config.ts";
import type { Log } from "#lib/contract/log.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import { maxUploadBytes } from "#lib/uploads/upload-size.ts";
import type { Store } from "#infra/store/store.ts";
import { maxWebhookBytes, startMachine } from "./machine.ts";
import { isOperators } from "./operator-key.ts";
import { operatorAnswer, segmentsOf, uploadAnswer } from "./operator-routes.ts";
import { serve, type Answer, type LocalRequest, type LocalServer, type RequestHead } from "./server.ts";

export interface ServiceOptions {
  /** `authing.host` is the Authing that is called. */
  readonly config: Config;
  readonly loadSecret: LoadSecret;
  readonly store: Store;
  readonly log: Log;
  /** Where senders' deliveries come in, behind a TLS proxy. 0 takes a free port. */
  readonly webhooks: { readonly host: string; readonly port: number };
  /** Where the operator's commands and files come in, from this machine only. 0 takes a free port. */
  readonly operatorPort: number;
  /** What a request of the operator has to show: `operatorKey`. */
  readonly key: string;
}

/** The bundle on one machine, for good. */
export interface Service {
  readonly webhooksPort: number;
  readonly operatorPort: number;
  /**
   * Takes no more requests and messages, waits for what is in work, and closes the store. Resolves to whether all of it has ended in
   * time; what has not goes on at the next start.
   */
  stop(): Promise<boolean>;
}

/** How long requests that are in work may take once the service stops. */
const requestGraceSeconds = 10;
/** How long messages that are in work may take: as long as an invocation, of chunks a minute. */
const drainSeconds = 70;

/** Starts the bundle on one machine: a server for senders alone, and one for the operator of this machine. */
export async function startService({
  config,
  loadSecret,
  store,
  log,
  webhooks,
  operatorPort,
  key,
}: ServiceOptions): Promise<Service> {
  store.belongTo(config.authing.host);
  const machine = startMachine({ config, loadSecret, store, log, isPatient: true });
  const own = { machine, store, stack: "machine" };

  async function answerSender(request: LocalRequest): Promise<Answer> {
    const [first, ...rest] = segmentsOf(request);
    const received = first === "webhooks" ? machine.receive(rest, request) : undefined;
    // As on AWS: an unknown path is answered as a bad proof is.
    return received ?? machine.refuse(request);
  }

  const isAllowed = (head: RequestHead) =>
    // Whether it runs is no secret.
    isOperators(head.headers, key) || head.url.pathname === "/healthz";
  const refused: Answer = {
    status: 401,
    body: {
      error:
        "only the user that runs npm run serve may ask here, with the header that operator-header in its store holds",
    },
  };

  async function answerOperator(request: LocalRequest): Promise<Answer> {
    if (!isAllowed(request)) return refused;
    return operatorAnswer(request, own) ?? { status: 404, body: { error: "no such route" } };
  }

  const servers: LocalServer[] = [];
  try {
    servers.push(
      await serve(
        operatorPort,
        (method) => (method === "PUT" ? maxUploadBytes : maxWebhookBytes),
        answerOperator,
        {
          // Before a byte of a file is read.
          stream: (head, body) =>
            isAllowed(head) ? uploadAnswer(head, body, own) : Promise.resolve(refused),
        },
      ),
    );
    servers.push(await serve(webhooks.port, () => maxWebhookBytes, answerSender, { host: webhooks.host }));
  } catch (error) {
    for (const server of servers) await server.close();
    await machine.close(0);
    throw error;
  }

  const [operatorServer, webhooksServer] = servers as [LocalServer, LocalServer];
  return {
    webhooksPort: webhooksServer.port,
    operatorPort: operatorServer.port,
    async stop() {
      await Promise.all(servers.map((server) => server.close(requestGraceSeconds)));
      const hasEnded = await machine.close(drainSeconds);
      // What is still in work would find a closed store; the end of the process closes it, too.
      if (hasEnded) store.close();
      return hasEnded;
    },
  };
}
