import type { CreateUserInfoDto } from "#lib/authing/dto.ts";

/**
 * What one encoder made of one value. `fields` is empty when nothing was there, and when `problem` says why what was
 * there cannot be used.
 */
export interface Encoded {
  readonly fields: Partial<CreateUserInfoDto>;
  readonly path: string;
  /** The rule that was applied, as `explain` shows it, e.g. `lower-case`. */
  readonly rule: string;
  /** A constant text in kebab-case, e.g. `phone-invalid`. */
  readonly problem?: string;
}
