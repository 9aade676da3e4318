/** A value in a payload, with the path it stands at. */
export interface Read {
  readonly value: unknown;
  readonly path: string;
}
