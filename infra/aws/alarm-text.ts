/** What an alarm tells the person on call. Commands stand between backticks and name the stage. */
export interface AlarmText {
  readonly happened: string;
  /** For people, or for what is known of them. */
  readonly means: string;
  readonly next: string;
}

/** CloudWatch allows no longer description. */
const maxCharacters = 1024;

/** The description of an alarm, in the form that all alarms have; infra/aws/alarms.yml writes it out. */
export function alarmText({ happened, means, next }: AlarmText): string {
  const text = `What happened: ${happened}\nWhat it means: ${means}\nWhat to do: ${next}`;
  if (text.length > maxCharacters) throw new TypeError(`the text of an alarm is too long: ${happened}`);
  return text;
}
