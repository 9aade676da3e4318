import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AttributeValue, QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { InboundError } from "#lib/contract/errors.ts";
import { reached } from "./failure.ts";

// How the ledger reads and writes its DynamoDB table (infra/aws/ledger.yml). No scans, no transactions: each promise is one
// conditional write to one item, so that any number of functions may write at the same time.
//
// A piece of a key that is long, or that UTF-8 cannot hold, is stored as its hash: a sender chooses those texts, and a key takes
// 2,048 bytes. `sk` tells apart what belongs to the same thing, such as an import and its chunks.

export type Item = Record<string, AttributeValue>;

/** What a conditional write came to: whether its condition held, and the item that it returns or that it did not hold for. */
export interface Written {
  readonly held: boolean;
  readonly item: Item | undefined;
}

/** An update of one item. Attributes go by `#name` in the expressions: many of ours are reserved words of DynamoDB. */
export interface Update {
  readonly set?: Readonly<Record<string, AttributeValue>>;
  /** Written where the attribute is not there yet. */
  readonly setOnce?: Readonly<Record<string, AttributeValue>>;
  readonly remove?: readonly string[];
  /** Adds to a number, which begins at 0, or members to a set. */
  readonly add?: Readonly<Record<string, AttributeValue>>;
  /** Removes members from a set; DynamoDB removes the attribute of a set without members. */
  readonly take?: Readonly<Record<string, AttributeValue>>;
}

/** What has to be true of the item for a write, in DynamoDB's words, with the values for its `:names`. */
export interface Condition {
  readonly when: string;
  readonly values?: Readonly<Record<string, AttributeValue>>;
}

export interface Query {
  readonly index?: string;
  readonly where: string;
  readonly values: Readonly<Record<string, AttributeValue>>;
  readonly newestFirst?: boolean;
  readonly limit?: number;
  readonly from?: Item | undefined;
}

export type Table = ReturnType<typeof ledgerTable>;

/** The table of this name. Each call throws `ledger-unreachable`: `unavailable` or `misconfigured`. */
export function ledgerTable(name: string) {
  const aws = () => import("./dynamodb.ts");

  const reach = <Answer>(answer: Promise<Answer>) => reached(answer, "ledger-unreachable");

  async function conditionally(write: Promise<{ Attributes?: Item | undefined }>): Promise<Written> {
    const { ConditionalCheckFailedException } = await aws();
    return reach(
      write.then(
        ({ Attributes }) => ({ held: true, item: Attributes }),
        (error: unknown) => {
          if (error instanceof ConditionalCheckFailedException) return { held: false, item: error.Item };
          throw error;
        },
      ),
    );
  }

  return {
    async get(key: Item): Promise<Item | undefined> {
      const { dynamodb, GetItemCommand } = await aws();
      const command = new GetItemCommand({ TableName: name, Key: key, ConsistentRead: true });
      return (await reach(dynamodb.send(command))).Item;
    },

    /** Items in the order of their keys, `undefined` for one that is not there; the same key may be asked for twice. */
    async getMany(keys: readonly Item[]): Promise<(Item | undefined)[]> {
      const found = new Map<string, Item>();
      let asked = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
      for (let tries = 0; asked.length > 0; tries += 1) {
        // DynamoDB answers as much as its throughput allows, and the rest when it is asked again.
        if (tries === mostTries) throw new InboundError("unavailable", "ledger-unreachable");
        if (tries > 0) await sleep(Math.random() * firstPauseMilliseconds * 2 ** tries);
        const { dynamodb, BatchGetItemCommand } = await aws();
        const request = { [name]: { Keys: asked.slice(0, mostAtOnce), ConsistentRead: true } };
        const answer = await reach(dynamodb.send(new BatchGetItemCommand({ RequestItems: request })));
        for (const item of answer.Responses?.[name] ?? []) found.set(nameOf(item), item);
        const left = answer.UnprocessedKeys?.[name]?.Keys ?? [];
        if (left.length === 0) tries = -1;
        asked = [...left, ...asked.slice(mostAtOnce)];
      }
      return keys.map((key) => found.get(nameOf(key)));
    },

    /** Replaces an item. */
    async put(item: Item, condition?: Condition): Promise<Written> {
      const { dynamodb, PutItemCommand } = await aws();
      return conditionally(
        dynamodb.send(new PutItemCommand({ TableName: name, Item: item, ...conditionOf(condition) })),
      );
    },

    /** Changes an item, which is created where there is none. Resolves to the item as it is then. */
    async update(key: Item, changes: Update, condition?: Condition): Promise<Written> {
      const { dynamodb, UpdateItemCommand } = await aws();
      const { expression, values, attributes } = updateOf(changes);
      return conditionally(
        dynamodb.send(
          new UpdateItemCommand({
            TableName: name,
            Key: key,
            UpdateExpression: expression,
            ReturnValues: "ALL_NEW",
            ...conditionOf(condition),
            ExpressionAttributeNames: names(...attributes, ...namedIn(condition?.when ?? "")),
            ...valuesOf({ ...values, ...condition?.values }),
          }),
        ),
      );
    },

    async delete(key: Item, condition?: Condition): Promise<Written> {
      const { dynamodb, DeleteItemCommand } = await aws();
      return conditionally(
        dynamodb.send(new DeleteItemCommand({ TableName: name, Key: key, ...conditionOf(condition) })),
      );
    },

    /** How many items are under a key, to the end; each 4 KB of them are a read unit. */
    async count(pk: AttributeValue): Promise<number> {
      const { dynamodb, QueryCommand } = await aws();
      let [count, from]: [number, Item | undefined] = [0, undefined];
      do {
        const command: QueryCommandInput = {
          TableName: name,
          Select: "COUNT",
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
          ...(from && { ExclusiveStartKey: from }),
        };
        const { Count = 0, LastEvaluatedKey } = await reach(dynamodb.send(new QueryCommand(command)));
        count += Count;
        from = LastEvaluatedKey;
      } while (from);
      return count;
    },

    /** One page, which may hold fewer items than there are: `next` is `from` of the page after it. An index is read a moment late. */
    async query({ index, where, values, newestFirst, limit, from }: Query) {
      const { dynamodb, QueryCommand } = await aws();
      const command = new QueryCommand({
        TableName: name,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: where,
        ExpressionAttributeNames: names(...namedIn(where)),
        ...valuesOf(values),
        ScanIndexForward: newestFirst !== true,
        ...(limit !== undefined && { Limit: limit }),
        ...(from && { ExclusiveStartKey: from }),
      });
      const { Items = [], LastEvaluatedKey } = await reach(dynamodb.send(command));
      return { items: Items, ...(LastEvaluatedKey && { next: LastEvaluatedKey }) };
    },
  };
}

/** Items that DynamoDB takes in one read: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const mostAtOnce = 100;
const mostTries = 10;
const firstPauseMilliseconds = 25;
const nameOf = ({ pk, sk }: Item): string => JSON.stringify([pk?.S, sk?.S]);

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });

/** Whether an item is past its time: DynamoDB deletes it up to two days later. */
export const hasExpired = (item: Item, second: number) => Number(item["expires"]?.N ?? Infinity) <= second;

export const countOf = (found: Item | undefined) => Number(found?.["count"]?.N ?? 0);

const longestPiece = 200;

export function keyPiece(value: string): string {
  if (value.length <= longestPiece && value.isWellFormed()) return value;
  // JSON, so that halves of surrogate pairs differ.
  return `sha256:${createHash("sha256").update(JSON.stringify(value)).digest("hex")}`;
}

/** The key of an item: what it is about, and, with `sk`, which part of it. */
export const keyOf = (kind: string, pieces: readonly string[], sk = kind): Item => ({
  pk: text([kind, ...pieces.map(keyPiece)].join("#")),
  sk: text(sk),
});

const names = (...attributes: readonly string[]) =>
  Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute]));

const namedIn = (expression: string) => [...expression.matchAll(/#(\w+)/g)].flatMap(([, name]) => name ?? []);

/** DynamoDB refuses an empty list of values. */
const valuesOf = (values: Readonly<Record<string, AttributeValue>>) =>
  Object.keys(values).length === 0
    ? {}
    : {
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(values).map(([name, value]) => [`:${name}`, value]),
        ),
      };

function conditionOf(condition: Condition | undefined) {
  if (!condition) return {};
  return {
    ConditionExpression: condition.when,
    ExpressionAttributeNames: names(...namedIn(condition.when)),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
    ...valuesOf(condition.values ?? {}),
  };
}

function updateOf({ set = {}, setOnce = {}, remove = [], add = {}, take = {} }: Update) {
  const clause = (word: string, parts: readonly string[]) =>
    parts.length === 0 ? [] : [`${word} ${parts.join(", ")}`];
  const each = (group: object) => Object.keys(group).map((name) => `#${name} :${name}`);
  const expression = [
    ...clause("SET", [
      ...Object.keys(set).map((name) => `#${name} = :${name}`),
      ...Object.keys(setOnce).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
    ]),
    ...clause(
      "REMOVE",
      remove.map((name) => `#${name}`),
    ),
    ...clause("ADD", each(add)),
    ...clause("DELETE", each(take)),
  ].join(" ");
  const values = { ...set, ...setOnce, ...add, ...take };
  return { expression, values, attributes: [...Object.keys(values), ...remove] };
}
