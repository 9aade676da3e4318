import { createHash } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { EventKey, EventRecord, Ledger, PersonRecord, SubjectRecord } from "#lib/contract/ledger.ts";
import { awsFailure } from "./failure.ts";
import { inParallel } from "./parallel.ts";

// The ledger in one DynamoDB table (infra/aws/ledger.yml). No scans, no transactions: each promise is one conditional write
// to one item, so that any number of functions may write at the same time.
//
//   what      pk                            sk       attributes
//   event     event#<source>#<id>           event    while it is worked on: owner, lease (ms), attempts, departures
//                                                    once it is settled: record (JSON), person (its pk), settled
//                                                    always: expires (s), the table's time to live
//   subject   subject#<source>#<subject>    subject  source, subject, externalId, userId, appliedAt, appliedBy, left, departments
//   person    person#<externalId>           person   externalId, userId, createdBy, leftBy
//   chunks    event#<source>#<id>           chunks   done: the numbers of an import's chunks that are; expires
//   counts    subjects#<source>             subjects count: how many people a source has brought
//             departures#<source>           <minute> count: how many left in that minute, for a few hours
//
// The index `by-person` (person, settled) finds the outcomes of a person, newest first. DynamoDB deletes an item up to two
// days after it expired, so what has expired is looked past here.
//
// A piece of a key that is long, or that UTF-8 cannot hold, stands there as its hash: a sender chooses those texts, and a key
// takes 2,048 bytes. `sk` tells apart what belongs to the same thing, such as an import and its chunks.

type Item = Record<string, AttributeValue>;

const writesAtOnce = 10;
/** How long an event that nobody settled is remembered after its last claim: as long as the queue would keep it. */
const claimKeptSeconds = 14 * 24 * 3600;

/** A ledger in the DynamoDB table of this name. `now` gives milliseconds since 1970. */
export function dynamodbLedger(table: string, now: () => number = Date.now): Ledger {
  const aws = () => import("./dynamodb.ts");
  const seconds = () => Math.floor(now() / 1000);

  /** Resolves to `false` when the condition does not hold, with the item that it does not hold for. */
  async function conditionally(write: Promise<{ Attributes?: Item | undefined }>) {
    try {
      return { held: true, item: (await write).Attributes };
    } catch (error) {
      const { ConditionalCheckFailedException } = await aws();
      if (error instanceof ConditionalCheckFailedException) return { held: false, item: error.Item };
      throw awsFailure(error, "ledger-unreachable");
    }
  }

  async function item(key: Item): Promise<Item | undefined> {
    const { dynamodb, GetItemCommand } = await aws();
    try {
      const found = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }),
      );
      return found.Item;
    } catch (error) {
      throw awsFailure(error, "ledger-unreachable");
    }
  }

  /** Adds to a counter, which begins at 0 and, with `expires` (s), ends by itself. Resolves to what it is now. */
  async function add(key: Item, count: number, expires?: number): Promise<number> {
    const { dynamodb, UpdateItemCommand } = await aws();
    const added = await conditionally(
      dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: key,
          UpdateExpression: `ADD #count :count${expires === undefined ? "" : " SET #expires = :expires"}`,
          ExpressionAttributeNames: names("count", ...(expires === undefined ? [] : ["expires"])),
          ExpressionAttributeValues: {
            ":count": number(count),
            ...(expires !== undefined && { ":expires": number(expires) }),
          },
          ReturnValues: "UPDATED_NEW",
        }),
      ),
    );
    return countOf(added.item);
  }

  return {
    async claim(key, { owner, leaseSeconds }) {
      const { dynamodb, DeleteItemCommand, UpdateItemCommand } = await aws();
      const claimed = await conditionally(
        dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: eventKey(key),
            UpdateExpression: "SET #owner = :owner, #lease = :until, #expires = :expires ADD #attempts :one",
            ConditionExpression:
              "attribute_not_exists(#record) AND (attribute_not_exists(#owner) OR #owner = :owner OR #lease <= :now)",
            ExpressionAttributeNames: names("owner", "lease", "expires", "attempts", "record"),
            ExpressionAttributeValues: {
              ":owner": text(owner),
              ":until": number(now() + leaseSeconds * 1000),
              ":expires": number(seconds() + leaseSeconds + claimKeptSeconds),
              ":one": number(1),
              ":now": number(now()),
            },
            ReturnValues: "UPDATED_NEW",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        ),
      );
      if (claimed.held) return { state: "claimed", attempts: Number(claimed.item?.["attempts"]?.N) };
      const record = claimed.item?.["record"]?.S;
      if (claimed.item === undefined || record === undefined) return { state: "busy" };
      if (!hasExpired(claimed.item, seconds())) {
        return { state: "settled", record: JSON.parse(record) as EventRecord };
      }
      await conditionally(
        dynamodb.send(
          new DeleteItemCommand({
            TableName: table,
            Key: eventKey(key),
            ConditionExpression: "#expires <= :now",
            ExpressionAttributeNames: names("expires"),
            ExpressionAttributeValues: { ":now": number(seconds()) },
          }),
        ),
      );
      return this.claim(key, { owner, leaseSeconds });
    },

    async release(key, owner) {
      const { dynamodb, UpdateItemCommand } = await aws();
      await conditionally(
        dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: eventKey(key),
            UpdateExpression: "SET #lease = :over",
            ConditionExpression: "#owner = :owner AND attribute_not_exists(#record)",
            ExpressionAttributeNames: names("owner", "lease", "record"),
            ExpressionAttributeValues: { ":owner": text(owner), ":over": number(0) },
          }),
        ),
      );
    },

    async reopen(key) {
      const { dynamodb, DeleteItemCommand } = await aws();
      const record = (await item(eventKey(key)))?.["record"];
      const kind = record?.S === undefined ? undefined : (JSON.parse(record.S) as EventRecord).outcome.kind;
      if (record === undefined || (kind !== "dead" && kind !== "held")) return false;
      const deleted = await conditionally(
        dynamodb.send(
          new DeleteItemCommand({
            TableName: table,
            Key: eventKey(key),
            ConditionExpression: "#record = :record",
            ExpressionAttributeNames: names("record"),
            ExpressionAttributeValues: { ":record": record },
          }),
        ),
      );
      return deleted.held;
    },

    async settle(records, keepSeconds) {
      const { dynamodb, PutItemCommand } = await aws();
      await inParallel(firstOfEach(records, eventName), writesAtOnce, async (record) => {
        await conditionally(
          dynamodb.send(
            new PutItemCommand({
              TableName: table,
              Item: {
                ...eventKey(record),
                record: text(JSON.stringify(record)),
                settled: text(record.settledAt),
                ...(record.externalId !== undefined && { person: personName(record.externalId) }),
                expires: number(seconds() + keepSeconds),
              },
              ConditionExpression: "attribute_not_exists(#record) OR #expires <= :now",
              ExpressionAttributeNames: names("record", "expires"),
              ExpressionAttributeValues: { ":now": number(seconds()) },
            }),
          ),
        );
      });
    },

    async subject(source, subject) {
      const found = await item(subjectKey({ source, subject }));
      if (!found) return undefined;
      return {
        source,
        subject,
        ...texts(found, "externalId", "userId"),
        ...(found["departments"]?.L && { departments: found["departments"].L.flatMap(({ S }) => S ?? []) }),
        appliedAt: found["appliedAt"]?.S ?? "",
        appliedBy: found["appliedBy"]?.S ?? "",
        ...(found["left"]?.BOOL !== undefined && { left: found["left"].BOOL }),
      };
    },

    async recordSubject(record) {
      const { dynamodb, UpdateItemCommand } = await aws();
      const { source, subject, left, departments, ...rest } = record;
      const fields: Item = { source: text(source), subject: text(subject) };
      if (left !== undefined) fields["left"] = { BOOL: left };
      if (departments) fields["departments"] = { L: departments.map(text) };
      for (const [name, value] of Object.entries(rest)) {
        if (value !== undefined) fields[name] = text(value);
      }
      const written = await conditionally(
        dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: subjectKey(record),
            UpdateExpression: `SET ${Object.keys(fields)
              .map((name) => `#${name} = :${name}`)
              .join(", ")}`,
            ConditionExpression: "attribute_not_exists(#appliedAt) OR #appliedAt <= :appliedAt",
            ExpressionAttributeNames: names(...Object.keys(fields)),
            ExpressionAttributeValues: Object.fromEntries(
              Object.entries(fields).map(([name, value]) => [`:${name}`, value]),
            ),
            ReturnValues: "ALL_OLD",
          }),
        ),
      );
      // Somebody this source had not spoken of before. A crash in between costs one in the count, which nothing hangs on.
      if (written.held && written.item === undefined) await add(countKey("subjects", source), 1);
    },

    async countSubjects(source) {
      return countOf(await item(countKey("subjects", source)));
    },

    async countDeparture(key, withinSeconds) {
      const { dynamodb, QueryCommand, UpdateItemCommand } = await aws();
      const told = (await item(eventKey(key)))?.["departures"]?.N;
      if (told !== undefined) return Number(told);
      const minute = Math.floor(seconds() / 60);
      // A crash before the number is kept counts it twice: rather one too many.
      const bucket = countKey("departures", key.source, minute);
      const inThisMinute = await add(bucket, 1, seconds() + 2 * withinSeconds);
      const query = new QueryCommand({
        TableName: table,
        KeyConditionExpression: "#pk = :pk AND #sk > :since",
        ExpressionAttributeNames: names("pk", "sk"),
        ExpressionAttributeValues: {
          ":pk": bucket["pk"] as AttributeValue,
          ":since": text(minuteText(minute - Math.ceil(withinSeconds / 60))),
        },
        ConsistentRead: true,
      });
      const page = await dynamodb.send(query).catch((error: unknown) => {
        throw awsFailure(error, "ledger-unreachable");
      });
      // Of this minute only what was counted before: those who leave together shall not each be the last one.
      const others = (page.Items ?? []).filter(({ sk }) => sk?.S !== bucket["sk"]?.S);
      const count = others.reduce((sum, other) => sum + countOf(other), inThisMinute);
      await conditionally(
        dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: eventKey(key),
            UpdateExpression: "SET #departures = :count",
            ExpressionAttributeNames: names("departures"),
            ExpressionAttributeValues: { ":count": number(count) },
          }),
        ),
      );
      return count;
    },

    async person(externalId) {
      const found = await item(personKey(externalId));
      if (!found) return undefined;
      return { externalId, ...texts(found, "userId", "leftBy"), createdBy: found["createdBy"]?.S ?? "" };
    },

    async recordPeople(records) {
      const { dynamodb, UpdateItemCommand } = await aws();
      await inParallel(merged(records), writesAtOnce, async ({ externalId, createdBy, userId, leftBy }) => {
        const known = {
          externalId,
          createdBy,
          ...(userId !== undefined && { userId }),
          ...(leftBy !== undefined && { leftBy }),
        };
        const set = (name: string) =>
          name === "createdBy" ? "#createdBy = if_not_exists(#createdBy, :createdBy)" : `#${name} = :${name}`;
        await conditionally(
          dynamodb.send(
            new UpdateItemCommand({
              TableName: table,
              Key: personKey(externalId),
              UpdateExpression: `SET ${Object.keys(known).map(set).join(", ")}`,
              ExpressionAttributeNames: names(...Object.keys(known)),
              ExpressionAttributeValues: Object.fromEntries(
                Object.entries(known).map(([name, value]) => [`:${name}`, text(value)]),
              ),
            }),
          ),
        );
      });
    },

    async event(key) {
      const found = await item(eventKey(key));
      const record = found?.["record"]?.S;
      if (found === undefined || record === undefined || hasExpired(found, seconds())) return undefined;
      return JSON.parse(record) as EventRecord;
    },

    async finishChunk(key, chunk, keepSeconds) {
      const { dynamodb, UpdateItemCommand } = await aws();
      const { item: written } = await conditionally(
        dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: chunksKey(key),
            UpdateExpression: "SET #expires = :expires ADD #done :chunk",
            ExpressionAttributeNames: names("done", "expires"),
            ExpressionAttributeValues: {
              // A set: whoever is added twice is there once.
              ":chunk": { NS: [String(chunk)] },
              ":expires": number(seconds() + keepSeconds),
            },
            ReturnValues: "ALL_NEW",
          }),
        ),
      );
      return chunksOf(written, seconds());
    },

    async finishedChunks(key) {
      return chunksOf(await item(chunksKey(key)), seconds());
    },

    async events(externalId, limit) {
      const { dynamodb, QueryCommand } = await aws();
      const newestFirst: EventRecord[] = [];
      let from: Item | undefined;
      do {
        const query = new QueryCommand({
          TableName: table,
          IndexName: "by-person",
          KeyConditionExpression: "#person = :person",
          FilterExpression: "#expires > :now",
          ExpressionAttributeNames: names("person", "expires"),
          ExpressionAttributeValues: { ":person": personName(externalId), ":now": number(seconds()) },
          ScanIndexForward: false,
          Limit: limit,
          ...(from && { ExclusiveStartKey: from }),
        });
        const page = await dynamodb.send(query).catch((error: unknown) => {
          throw awsFailure(error, "ledger-unreachable");
        });
        for (const { record } of page.Items ?? []) {
          if (record?.S !== undefined) newestFirst.push(JSON.parse(record.S) as EventRecord);
        }
        from = page.LastEvaluatedKey;
      } while (from && newestFirst.length < limit);
      return newestFirst.slice(0, limit).toReversed();
    },
  };
}

const text = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });

/** Many of our attributes are words that DynamoDB keeps for itself, so each goes by `#name`. */
const names = (...attributes: string[]) =>
  Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute]));

const hasExpired = (item: Item, second: number) => Number(item["expires"]?.N ?? Infinity) <= second;

const texts = <Name extends string>(item: Item, ...attributes: Name[]) =>
  Object.fromEntries(
    attributes.flatMap((name) => (item[name]?.S === undefined ? [] : [[name, item[name].S]])),
  ) as { [name in Name]?: string };

const longestPiece = 200;

function keyPiece(value: string): string {
  if (value.length <= longestPiece && value.isWellFormed()) return value;
  // JSON, so that halves of surrogate pairs differ.
  return `sha256:${createHash("sha256").update(JSON.stringify(value)).digest("hex")}`;
}

const key = (kind: string, ...pieces: string[]): Item => ({
  pk: text([kind, ...pieces.map(keyPiece)].join("#")),
  sk: text(kind),
});
const eventName = ({ source, id }: EventKey) => `${source}#${id}`;
const eventKey = ({ source, id }: EventKey) => key("event", source, id);
const chunksKey = (event: EventKey): Item => ({ ...eventKey(event), sk: text("chunks") });
const chunksOf = (found: Item | undefined, second: number): ReadonlySet<number> =>
  new Set(found === undefined || hasExpired(found, second) ? [] : found["done"]?.NS?.map(Number));
const subjectKey = ({ source, subject }: Pick<SubjectRecord, "source" | "subject">) =>
  key("subject", source, subject);
/** A counter of a source; those of departures stand one for each minute (since 1970), in the order of time. */
const countKey = (kind: "subjects" | "departures", source: string, minute?: number): Item => ({
  pk: text(`${kind}#${keyPiece(source)}`),
  sk: text(minute === undefined ? kind : minuteText(minute)),
});
const minuteText = (minute: number) => String(minute).padStart(10, "0");
const countOf = (found: Item | undefined) => Number(found?.["count"]?.N ?? 0);
const personKey = (externalId: string) => key("person", externalId);
/** The person in the index, which takes no empty text. */
const personName = (externalId: string): AttributeValue => text(`person#${keyPiece(externalId)}`);

/** Writes at the same time have no order, so of those with one name only the first is written. */
function firstOfEach<Entry>(entries: readonly Entry[], nameOf: (entry: Entry) => string): Entry[] {
  return [...Map.groupBy(entries, nameOf).values()].flatMap((group) => group[0] ?? []);
}

function merged(records: readonly PersonRecord[]): PersonRecord[] {
  const people = new Map<string, PersonRecord>();
  for (const record of records) {
    const known = people.get(record.externalId);
    people.set(record.externalId, { ...known, ...record, createdBy: known?.createdBy ?? record.createdBy });
  }
  return [...people.values()];
}
