import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { readUnitsOf, sizeOf, writeUnits, type Index } from "./dynamodb-units.ts";

// A meter between the SDK and the server that speaks AWS: it passes every request on, and counts what AWS would bill for it.

type Item = Record<string, AttributeValue>;

/** What AWS bills, by what its price list counts. */
export interface Usage {
  dynamodbRequests: number;
  writeUnits: number;
  /** Of them in secondary indexes. */
  indexWriteUnits: number;
  readUnits: number;
  fifoRequests: number;
  standardRequests: number;
  s3Writes: number;
  s3Reads: number;
  secretReads: number;
}

const nothing = (): Usage => ({
  dynamodbRequests: 0,
  writeUnits: 0,
  indexWriteUnits: 0,
  readUnits: 0,
  fifoRequests: 0,
  standardRequests: 0,
  s3Writes: 0,
  s3Reads: 0,
  secretReads: 0,
});

export interface Meter {
  /** `http://127.0.0.1:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** What was used since the last call. */
  read(): Usage;
  close(): void;
}

interface TableRequest {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
}

interface TableAnswer {
  readonly Attributes?: Item;
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

/** SQS bills each 64 KB of a request as one. */
const queueBytes = 65_536;

/** @param indexes of every table: there is one. */
export async function startMeter(port: number, indexes: readonly Index[]): Promise<Meter> {
  let used = nothing();
  /** The items of all tables, as the answers show them. */
  const items = new Map<string, Item>();

  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const forwarded = request(
      { host: "127.0.0.1", port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      async (answer) => {
        const answered = await buffer(answer);
        count(incoming, body, answer.statusCode ?? 0, answered);
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
      },
    );
    forwarded.on("error", () => outgoing.writeHead(502).end());
    forwarded.end(body);
  });

  function count({ headers, method }: IncomingMessage, body: Buffer, status: number, answered: Buffer): void {
    const [service = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
    if (service.startsWith("DynamoDB")) {
      countTable(
        operation,
        JSON.parse(body.toString()),
        status === 200 ? JSON.parse(answered.toString()) : undefined,
      );
    } else if (service === "AmazonSQS") {
      const isFifo = /\.fifo"/.test(body.toString());
      used[isFifo ? "fifoRequests" : "standardRequests"] += Math.max(1, Math.ceil(body.length / queueBytes));
    } else if (service === "secretsmanager") used.secretReads += 1;
    // https://aws.amazon.com/s3/pricing/: DELETE costs nothing; lists cost as much as PUT.
    else if (method === "GET" || method === "HEAD") used.s3Reads += 1;
    else if (method !== "DELETE") used.s3Writes += 1;
  }

  function countTable(operation: string, asked: TableRequest, answer: TableAnswer | undefined): void {
    used.dynamodbRequests += 1;
    const keyOf = (item: Item) => `${asked.TableName} ${item["pk"]?.S} ${item["sk"]?.S}`;
    if (operation === "GetItem") used.readUnits += unitsOfRead(answer?.Item, asked);
    else if (operation === "BatchGetItem") {
      const given = Object.values(answer?.Responses ?? {}).flat();
      const keys = Object.values(asked.RequestItems ?? {}).flatMap(({ Keys }) => Keys);
      used.readUnits += given.reduce(
        (sum, item) => sum + readUnitsOf(sizeOf(item), true),
        keys.length - given.length,
      );
    } else if (operation === "Query") {
      const bytes = (answer?.Items ?? []).reduce((sum, item) => sum + sizeOf(item), 0);
      used.readUnits += readUnitsOf(bytes, asked.ConsistentRead === true);
    } else if (/^(Put|Update|Delete)Item$/.test(operation)) {
      const key = keyOf(asked.Key ?? asked.Item ?? {});
      const before = items.get(key);
      // A write whose condition does not hold takes units as well, of the item as it is.
      const after = answer
        ? operation === "DeleteItem"
          ? undefined
          : (asked.Item ?? answer.Attributes)
        : before;
      const units = writeUnits(before, after, indexes);
      used.writeUnits += units.table + units.indexes;
      used.indexWriteUnits += units.indexes;
      if (after) items.set(key, after);
      else items.delete(key);
    } else used.dynamodbRequests -= 1;
  }

  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    read() {
      const read = used;
      used = nothing();
      return read;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const unitsOfRead = (item: Item | undefined, { ConsistentRead }: TableRequest) =>
  readUnitsOf(item ? sizeOf(item) : 0, ConsistentRead === true);
