import { InboundError } from "#lib/contract/errors.ts";

const saveAgain = "open it in Excel, save it as .xlsx again and upload that";

/** A workbook that is broken. `path` is a part of it in our words (`styles`), or a place of the sheet. */
export function damaged(path: string, hint: string = saveAgain): InboundError {
  return new InboundError("malformed", "workbook-damaged", { path, hint });
}

/** A workbook that would take more memory or time than anyone's people need. */
export function tooLarge(path: string, limit: string): InboundError {
  return new InboundError("oversized", "workbook-too-large", {
    path,
    hint: `the limit is ${limit}; split the sheet, or save it as CSV UTF-8 and upload that`,
  });
}
