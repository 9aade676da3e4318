import type { APIGatewayProxyEventV2, Context } from "aws-lambda";

// Deliveries as Clerk sends them, of people who do not exist: the same bytes in every run.

/** Invented, as all people in this file are. */
export const signingSecret = "whsec_aW52ZW50ZWQtYmVuY2htYXJrLXNlY3JldC0x";
export const accessKey = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };

const givenNames = ["小明", "Zoë", "伟", "Søren", "丽华", "Amélie", "浩然", "Jürgen", "Nuño", "雨桐"];
const familyNames = ["王", "Müller", "欧阳", "García", "陈", "Łukasz", "李", "O’Brien", "张", "Dvořák"];
const seed = 20_260_101;

/** A `user.created` of exactly this many bytes, 1,000 or more: addresses fill it, and a note the rest. */
export function userCreated(bytes: number): Buffer {
  const random = randomNumbers(seed);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
  const address = (index: number) => ({
    id: `idn_${index.toString(36).padStart(6, "0")}`,
    email_address: `invented.${Math.floor(random() * 1e6)}@example.com`,
    label: `${pick(familyNames)}${pick(givenNames)}`,
    verification: { status: "verified", strategy: "email_code" },
  });
  const document = (addresses: readonly object[], note: string) =>
    JSON.stringify({
      data: {
        id: "user_invented0001",
        object: "user",
        username: "xiaoming",
        first_name: "小明",
        last_name: "王",
        primary_email_address_id: "idn_000000",
        primary_phone_number_id: "idn_phone",
        email_addresses: addresses,
        phone_numbers: [{ id: "idn_phone", phone_number: "+8613800000000" }],
        external_id: null,
        public_metadata: { note },
        banned: false,
        locked: false,
        created_at: 1_769_884_918_000,
        updated_at: 1_769_884_919_000,
      },
      object: "event",
      timestamp: 1_769_884_920_123,
      type: "user.created",
    });
  const addresses = [address(0)];
  for (let size = 0; ;) {
    const more = [...addresses, address(addresses.length)];
    size = Buffer.byteLength(document(more, ""));
    if (size > bytes) break;
    addresses.push(...more.slice(-1));
  }
  const missing = bytes - Buffer.byteLength(document(addresses, ""));
  if (missing < 0) throw new TypeError(`userCreated: ${bytes} bytes are too few`);
  return Buffer.from(document(addresses, "invented ".repeat(missing).slice(0, missing)));
}

/** Numbers from 0 to 1 that look random and are the same each time (mulberry32). */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** API Gateway's event of a POST to `/webhooks/clerk`, without its body. */
export function httpEvent(headers: Readonly<Record<string, string>>): APIGatewayProxyEventV2 {
  const path = "/webhooks/clerk";
  return {
    version: "2.0",
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: "",
    headers: {
      accept: "*/*",
      "content-type": "application/json",
      host: "abcdefghij.execute-api.eu-central-1.amazonaws.com",
      "user-agent": "Svix-Webhooks/1.62.0",
      "x-amzn-trace-id": "Root=1-00000000-000000000000000000000000",
      "x-forwarded-for": "192.0.2.7",
      "x-forwarded-port": "443",
      "x-forwarded-proto": "https",
      ...headers,
    },
    requestContext: {
      accountId: "000000000000",
      apiId: "abcdefghij",
      domainName: "abcdefghij.execute-api.eu-central-1.amazonaws.com",
      domainPrefix: "abcdefghij",
      http: { method: "POST", path, protocol: "HTTP/1.1", sourceIp: "192.0.2.7", userAgent: "Svix-Webhooks" },
      requestId: "invented",
      routeKey: `POST ${path}`,
      stage: "$default",
      time: "01/Jan/2026:00:00:00 +0000",
      timeEpoch: 1_767_225_600_000,
    },
    isBase64Encoded: false,
  };
}

export const invocation: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: "bench",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:bench",
  memoryLimitInMB: "512",
  awsRequestId: "00000000-0000-4000-8000-000000000000",
  logGroupName: "bench",
  logStreamName: "bench",
  getRemainingTimeInMillis: () => 10_000,
  done() {},
  fail() {},
  succeed() {},
};
