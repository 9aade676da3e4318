import type { SQSEvent } from "aws-lambda";
import { eventQueue } from "#lib/aws/queue.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import clerk from "#lib/sources/clerk/index.ts";
import { signingSecret, userCreated } from "./deliveries.ts";

let people = 0;

/** The batch of one message that the worker gets once Clerk has told of a new person: another one each time. */
export async function queuedJoiner(): Promise<SQSEvent> {
  people += 1;
  const unlike = (text: string) =>
    text
      .replaceAll("user_invented0001", `user_invented${people}`)
      .replaceAll(/xiaoming|invented(?=\.\d)/g, `$&${people}`)
      .replaceAll("+8613800000000", `+86${13_800_000_000 + people}`);
  const body = Buffer.from(unlike(userCreated(1024).toString()));
  const now = Date.now();
  const { headers } = clerk.proof.sign(body, { signingSecret }, { now, id: `msg_${people}` });
  const bodies: string[] = [];
  const nothing = () => {};
  await receive(
    clerk,
    {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      rawQuery: "",
      query: new URLSearchParams(),
      body,
      receivedAt: now,
    },
    {
      secrets: secretReader(async () => ({ current: { signingSecret } })),
      events: eventQueue({ url: "", bucket: "" }, async (_, entries) => {
        bodies.push(...entries.map((entry) => entry.body));
        return [];
      }),
      enrolments: { keep: async () => {} },
      log: { info: nothing, warn: nothing, error: nothing },
    },
  );
  const records = bodies.map((message, index) => ({
    messageId: `${people}-${index}`,
    receiptHandle: "invented",
    body: message,
    attributes: { ApproximateReceiveCount: "1", MessageGroupId: String(people) },
  }));
  if (records.length !== 1) throw new TypeError(`one joiner became ${records.length} messages`);
  return { Records: records as never };
}
