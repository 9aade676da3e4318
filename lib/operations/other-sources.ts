/** Part of an answer that has nothing in it. */
export interface OtherSources {
  /** The sources that are switched on, where the one that was asked for is not among them: its name may be mistyped. */
  readonly otherSources?: readonly string[];
}

/** @param sources Names of the sources that are switched on. */
export function otherSources(source: string | undefined, sources: readonly string[]): OtherSources {
  return source === undefined || sources.includes(source) ? {} : { otherSources: sources };
}
