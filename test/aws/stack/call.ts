import type { IncomingMessage } from "node:http";

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

export interface Account {
  readonly account: string;
  readonly region: string;
  /** The ARN of a secret by its name. */
  readonly secretArn: (name: string) => string | undefined;
}

/** Names of services where the signature's differ from IAM's. */
const iamServices: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** Says a request in the words of IAM: who asks for what, and about what. */
export function awsCall(request: IncomingMessage, body: Buffer, where: Account): Omit<AwsCall, "status"> {
  const { account, region } = where;
  // AWS4-HMAC-SHA256 Credential=<access key>/<date>/<region>/<service>/aws4_request, …
  const [, caller = "", signed = ""] =
    /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? "") ?? [];
  const service = iamServices[signed] ?? signed;
  if (service === "s3") return { caller, ...objectCall(request) };
  if (service === "lambda") return { caller, ...functionCall(request, `${region}:${account}`) };
  const { operation, input } = said(request, body);
  const call = (action: string, resource: string) => ({ caller, action, resources: [resource] });
  const arn = (resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
  switch (service) {
    case "sqs":
      // A right for one message is one for ten.
      return call(`sqs:${operation.replace(/Batch$/, "")}`, arn(input["QueueUrl"]?.split("/").at(-1) ?? ""));
    case "dynamodb": {
      const index = input["IndexName"];
      // A read of many items names their table as a key.
      const [ofMany] = Object.keys((input["RequestItems"] ?? {}) as object);
      const table = arn(`table/${input["TableName"] ?? ofMany}`);
      return call(`dynamodb:${operation}`, index === undefined ? table : `${table}/index/${index}`);
    }
    case "secretsmanager": {
      const id = input["SecretId"] ?? "";
      return call(`secretsmanager:${operation}`, where.secretArn(id) ?? id);
    }
    case "cloudformation": {
      const stack = input["StackName"];
      // An ARN has the stack's own id where a name has none.
      return call(
        `cloudformation:${operation}`,
        stack === undefined ? "*" : stack.startsWith("arn:") ? stack : arn(`stack/${stack}/0`),
      );
    }
    case "logs":
      return call(`logs:${operation}`, arn(`log-group:${input["logGroupName"]}:*`));
    case "sns":
      return call(`sns:${operation}`, input["TopicArn"] ?? "*");
    default:
      return call(`${service}:${operation}`, "*");
  }
}

/** The name and the input of an operation, in any of the protocols that AWS's services but S3 and Lambda speak. */
function said(
  request: IncomingMessage,
  body: Buffer,
): { readonly operation: string; readonly input: Readonly<Record<string, string>> } {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    return { operation: target.split(".").at(-1) ?? "", input: inputIn(body) };
  }
  // RPC v2 has the name in the path, and a body in CBOR: what we ask of such services has no resource.
  const [, inPath] = /\/operation\/(\w+)$/.exec(request.url ?? "") ?? [];
  if (inPath !== undefined) return { operation: inPath, input: {} };
  const input = Object.fromEntries(new URLSearchParams(body.toString()));
  return { operation: input["Action"] ?? `${request.method} ${request.url}`, input };
}

/** CloudWatch's client compresses what is long; what it asks has no resource. */
function inputIn(body: Buffer): Readonly<Record<string, string>> {
  return body[0] === 0x7b ? JSON.parse(body.toString()) : {};
}

function functionCall(
  { method = "", url = "/" }: IncomingMessage,
  where: string,
): Pick<AwsCall, "action" | "resources"> {
  const [, name = "", more = ""] = /^\/[\d-]+\/functions\/([^/?]+)\/?([^?]*)/.exec(url) ?? [];
  const actions: Readonly<Record<string, string>> = {
    "GET ": "lambda:GetFunction",
    "POST invocations": "lambda:InvokeFunction",
  };
  const action = actions[`${method} ${more}`] ?? `lambda:${method} ${url}`;
  return { action, resources: [`arn:aws:lambda:${where}:function:${decodeURIComponent(name)}`] };
}

/** What S3 asks of IAM for a request, by https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html. */
function objectCall({ method = "", url = "/" }: IncomingMessage): Pick<AwsCall, "action" | "resources"> {
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
    : {
        GET: searchParams.has("versions") ? "s3:ListBucketVersions" : "s3:ListBucket",
        HEAD: "s3:ListBucket",
        ...(searchParams.has("delete") && { POST: "s3:DeleteObject" }),
      };
  const name = isObject ? path : path.replace(/\/$/, "");
  const resource = `arn:aws:s3:::${name}`;
  const isAboutObjects = searchParams.has("delete");
  return {
    action: actions[method] ?? `s3:${method} ${url}`,
    resources: [isAboutObjects ? `${resource}/` : resource],
  };
}
