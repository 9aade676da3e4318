import { objectShelf } from "#lib/aws/shelf.ts";
import { shelfSuite } from "../contract/shelf.ts";
import { createBucket } from "./resources.ts";

shelfSuite("in S3", async () => objectShelf(await createBucket()));
