import type { OwnSource } from "./source.ts";

/** What is wrong with the choice of the `externalId`; `undefined` for a source that is not known yet asks nothing. */
export function externalIdProblems(
  name: string,
  chosen: string | undefined,
  source: Pick<OwnSource, "externalIds"> | undefined,
): string[] {
  if (chosen === undefined || source === undefined) return [];
  const { externalIds = [] } = source;
  if (externalIds.includes(chosen)) return [];
  return [
    externalIds.length === 0
      ? `sources.${name}.externalId: this source has one id of a person: leave the setting out`
      : `sources.${name}.externalId must be one of ${externalIds.join(", ")}`,
  ];
}
