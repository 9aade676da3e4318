import { attention, fine, wrong, type Finding } from "./finding.ts";
import { outputNames } from "./outputs.ts";
import { outputOf, type Stack, type Stage } from "./stage.ts";

/**
 * Which alarms ring, and who is told of them: subscribers of the topic, and bots.
 *
 * @param notices The value of the secret `notices`; `undefined` where it has none.
 */
export async function checkAlarms(aws: Stage, stack: Stack, notices: unknown): Promise<Finding[]> {
  const topic = outputOf(stack, outputNames.alarmsTopic);
  // Our own function is always subscribed, and without bots it tells none.
  const own = stack.outputs[outputNames.alarmFunction];
  const [alarms, { confirmed, pending }] = await Promise.all([
    aws.alarms(topic),
    aws.subscribers(topic, own),
  ]);
  const ringing = alarms.filter(({ isRinging }) => isRinging);
  const bots = Object.keys(notices ?? {});
  const subscribe = `aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint you@example.com --region ${aws.region}`;
  return [
    ...(ringing.length === 0 ? [fine(`alarms: none of ${alarms.length} rings`)] : []),
    ...ringing.map(({ name, description }) =>
      wrong(`alarm ${name}: ${description}`, "the findings above, or its page in CloudWatch, say why"),
    ),
    ...(bots.length > 0 ? [fine(`alarms: told to the bots of ${bots.join(", ")}`)] : []),
    ...(confirmed > 0 ? [fine(`alarms: ${confirmed} subscribed`)] : []),
    ...(confirmed === 0 && pending > 0
      ? [
          attention(
            `alarms: ${pending} subscribed, none has confirmed it`,
            "follow the link in the message of AWS",
          ),
        ]
      : []),
    ...(confirmed + pending + bots.length === 0
      ? [attention("alarms: the topic has no subscriber, and no bot is told", subscribe)]
      : []),
  ];
}
