import type { DescribedAlarm } from "./page.ts";

/**
 * The alarms that a template file in YAML defines: their names, and what happened when they ring. Reads the lines that each alarm of
 * infra/aws/alarms.yml has, and throws for an alarm that does not say what happened.
 */
export function alarmsIn(yaml: string): DescribedAlarm[] {
  const resources = yaml.split(/^ {2}(?=\w+:$)/m);
  return resources.flatMap((resource) => {
    if (!/^ {4}Type: AWS::CloudWatch::Alarm$/m.test(resource)) return [];
    const name = /^\w+/.exec(resource)?.[0] ?? "";
    const description = /^ {8}What happened: (.+)$/m.exec(resource)?.[1];
    if (description === undefined) throw new TypeError(`the alarm ${name} does not say what happened`);
    return [{ name, description }];
  });
}
