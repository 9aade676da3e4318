import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A call of AWS, in the words of IAM. */
export interface AwsCall {
  /** Whose credentials it came with: a function's name, or `tests`. */
  readonly caller: string;
  /** E.g. `sqs:SendMessage`. */
  readonly action: string;
  /** ARNs of what it was about. */
  readonly resources: readonly string[];
  readonly status: number;
}

export interface Recorder {
  /** What the SDK takes as `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly calls: readonly AwsCall[];
  /** Answers the next `times` calls of this action, of whatever function, with 503: AWS is in trouble. */
  refuse(action: string, times: number): void;
  close(): Promise<void>;
}

export interface RecorderOptions {
  /** Where AWS is. */
  readonly aws: string;
  readonly account: string;
  readonly region: string;
  /** The ARN of a secret by its name. */
  readonly secretArn: (name: string) => string | undefined;
}

/**
 * Stands in front of AWS and writes down who asks for what. The access key says who: each function has its own, as each has
 * a role. Every stack has an account of its own there.
 */
export async function startRecorder({ aws, account, region, secretArn }: RecorderOptions): Promise<Recorder> {
  const calls: AwsCall[] = [];
  const refusals = new Map<string, number>();
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;

  function describe(request: IncomingMessage, body: Buffer): Omit<AwsCall, "status"> {
    // AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, …
    const [, caller = "", service = ""] =
      /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
    if (service === "s3") return { caller, ...objectAction(request) };
    const target = request.headers["x-amz-target"];
    // CloudWatch's client may write CBOR, with the operation in the path, and compresses what is long.
    const [, inPath = ""] = /\/operation\/(\w+)$/.exec(request.url ?? "") ?? [];
    const operation = typeof target === "string" ? (target.split(".").at(-1) ?? "") : inPath;
    const isJson = typeof target === "string" && service !== "monitoring";
    const input = (isJson ? JSON.parse(body.toString()) : {}) as Readonly<Record<string, string>>;
    const call = (action: string, resource: string) => ({ caller, action, resources: [resource] });
    switch (service) {
      case "sqs":
        // A right for one message is one for ten.
        return call(
          `sqs:${operation.replace(/Batch$/, "")}`,
          arn("sqs", input["QueueUrl"]?.split("/").at(-1) ?? ""),
        );
      case "dynamodb": {
        const index = input["IndexName"];
        const table = arn("dynamodb", `table/${input["TableName"]}`);
        return call(`dynamodb:${operation}`, index === undefined ? table : `${table}/index/${index}`);
      }
      case "secretsmanager": {
        const id = input["SecretId"] ?? "";
        return call(`secretsmanager:${operation}`, secretArn(id) ?? id);
      }
      case "logs":
        return call(`logs:${operation}`, arn("logs", `log-group:${input["logGroupName"]}:*`));
      case "monitoring":
        // It has no rights by metric.
        return call(`cloudwatch:${operation}`, "*");
      default:
        return call(`${service}:${operation}`, "*");
    }
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const call = describe(request, body);
      const refused = refusals.get(call.action) ?? 0;
      if (refused > 0 && call.caller !== "tests") {
        refusals.set(call.action, refused - 1);
        calls.push({ ...call, status: 503 });
        response.writeHead(503).end("{}");
        return;
      }
      const headers = { ...request.headers, "x-moto-account-id": account, connection: "close" };
      const forwarded = httpRequest(new URL(request.url ?? "/", aws), {
        method: request.method,
        // One connection a request: moto answers one at a time, and a connection that stays open is one that it waits for.
        agent: false,
        headers,
      });
      forwarded.end(body);
      const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
      const status = answer.statusCode ?? 0;
      calls.push({ ...call, status });
      const { connection: _, ...answered } = answer.headers;
      response.writeHead(status, answered);
      answer.pipe(response);
    })().catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    refuse: (action, times) => void refusals.set(action, times),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** What S3 asks of IAM for a request, by https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html. */
function objectAction({ method = "", url = "/" }: IncomingMessage): Pick<AwsCall, "action" | "resources"> {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const path = decodeURIComponent(pathname.slice(1));
  const isObject = path.includes("/") && !path.endsWith("/");
  const actions: Readonly<Record<string, string>> = isObject
    ? {
        GET: searchParams.has("versionId") ? "s3:GetObjectVersion" : "s3:GetObject",
        HEAD: searchParams.has("versionId") ? "s3:GetObjectVersion" : "s3:GetObject",
        PUT: "s3:PutObject",
        // Begins a multipart upload, or completes it.
        POST: "s3:PutObject",
        DELETE: searchParams.has("uploadId")
          ? "s3:AbortMultipartUpload"
          : searchParams.has("versionId")
            ? "s3:DeleteObjectVersion"
            : "s3:DeleteObject",
      }
    : { GET: "s3:ListBucket", HEAD: "s3:ListBucket" };
  const name = isObject ? path : path.replace(/\/$/, "");
  return { action: actions[method] ?? `s3:${method}`, resources: [`arn:aws:s3:::${name}`] };
}
