import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { clientSettings } from "./client.ts";

// The part of the ledger that holds the SDK: imported with `import()`, when the ledger is first used.

export const dynamodb = new DynamoDBClient(clientSettings);

export {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
