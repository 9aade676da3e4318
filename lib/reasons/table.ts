import { accounts } from "./accounts.ts";
import { asking } from "./asking.ts";
import { authing } from "./authing.ts";
import { fields } from "./fields.ts";
import { files } from "./files.ts";
import { imports } from "./imports.ts";
import { jsonFiles } from "./json-files.ts";
import { layouts } from "./layouts.ts";
import { operations } from "./operations.ts";
import { otpFiles } from "./otp-files.ts";
import { products } from "./products.ts";
import { proofs } from "./proofs.ts";
import { reading } from "./reading.ts";
import type { ReasonGroup } from "./reason.ts";
import { rowSecrets } from "./row-secrets.ts";
import { rosters } from "./rosters.ts";
import { rows } from "./rows.ts";
import { settings } from "./settings.ts";
import { text } from "./text.ts";
import { values } from "./values.ts";
import { waits } from "./waits.ts";
import { workbooks } from "./workbooks.ts";

/**
 * Every reason code of this code base, in the order of docs/reasons.md. A reason that the table lacks fails
 * test/reasons/reasons.test.ts. The receiving path never imports this: its texts would weigh on every cold start.
 */
export const reasonGroups: readonly ReasonGroup[] = [
  accounts,
  waits,
  reading,
  asking,
  authing,
  fields,
  proofs,
  settings,
  files,
  text,
  jsonFiles,
  rows,
  workbooks,
  otpFiles,
  layouts,
  products,
  values,
  rowSecrets,
  imports,
  rosters,
  operations,
];
