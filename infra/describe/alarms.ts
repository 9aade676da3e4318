import type { DescribedAlarm } from "./page.ts";

/**
 * The alarms that a template file in YAML defines: their names, and what they say before the first command. Reads the two lines that
 * each alarm of infra/aws/alarms.yml has, and throws for an alarm without a description.
 */
export function alarmsIn(yaml: string): DescribedAlarm[] {
  const resources = yaml.split(/^ {2}(?=\w+:$)/m);
  return resources.flatMap((resource) => {
    if (!/^ {4}Type: AWS::CloudWatch::Alarm$/m.test(resource)) return [];
    const name = /^\w+/.exec(resource)?.[0] ?? "";
    const description = /^ {6}AlarmDescription: (.+)$/m.exec(resource)?.[1];
    if (description === undefined) throw new TypeError(`the alarm ${name} has no AlarmDescription`);
    return [{ name, description: description.replaceAll("${sls:stage}", "<stage>") }];
  });
}
