import * as z from "zod/mini";
import { configurableEncodings } from "./encodings.ts";
import { DepartmentIdType } from "./person.ts";
import { ExistingPolicy } from "./policies.ts";

/** What a configuration says of uploaded files. */
export const UploadSettings = z.strictObject({
  /**
   * Column (or, in JSON, a path such as `profile.mail`) of the files → our field, e.g. `{ "Staff No": "externalId", "岗位": "customData.title" }`;
   * `"-"` for a column that is left out on purpose. It goes before what is recognised by itself.
   */
  columns: z._default(z.record(z.string(), z.string()), {}),
  /** Departments as the files write them (an id, a code, or a path such as `公司/研发/前端`) → ids of departments at Authing. */
  departments: z._default(z.record(z.string(), z.string()), {}),
  /** What the ids are that `departments` gives, and what `departmentIds` of JSON files holds; absent: Authing's own ids. */
  departmentIdType: z.optional(DepartmentIdType),
  /**
   * What a row does to an account that exists: nothing (`keep`; the results say which fields differ), or its cells that are not
   * empty change the account (`update`), under the same rules as a source's statements.
   */
  existing: z._default(ExistingPolicy, "keep"),
  /** The encoding of text files; absent: it is found, and a file that can be read in two ways is refused. */
  encoding: z.optional(z.enum(configurableEncodings)),
  /** The delimiter of CSV files; absent: it is found. */
  delimiter: z.optional(
    z.string().check(z.refine((text: string) => /^[^\r\n"]$/.test(text), "must be one character")),
  ),
  /** The sheet of workbooks; absent: the first one. */
  sheet: z.optional(z.string()),
  /**
   * The product that wrote the files, by its name in `lib/layouts/`, e.g. `keycloak`; `plain` for tables whose columns are read by their
   * names. Absent: it is recognised. Addresses of authenticators and PSKC containers are always read as what they are.
   */
  layout: z.optional(z.string()),
  /** How FusionAuth's exports write secrets: `text` for those of installations before 1.26. */
  fusionauthSecret: z._default(z.enum(["base64", "text"]), "base64"),
  /** Whether uploaded files of people are deleted after `keepResultsDays`, as results are. Files of secrets always are, after a day at most. */
  keepFiles: z._default(z.boolean(), false),
});
