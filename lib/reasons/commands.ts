// The commands that many reasons share.

/** For what a correction here mends for every event of the reason: a mapping, a setting, a permission. */
export const redriveReason = [
  "npm run parked -- redrive preview --reason {reason} --source {source}{stage}",
  "npm run parked -- redrive apply --reason {reason} --source {source}{stage}",
] as const;

/** For what is corrected for one person. */
export const redriveOne = ["npm run parked -- redrive apply --id {id}{stage}"] as const;

export const listWaiting = [
  "npm run parked -- list waiting --reason {reason} --source {source}{stage}",
] as const;

export const listRefused = ["npm run refused{stage}"] as const;

export const runDoctor = ["npm run doctor{stage}"] as const;

export const tryNotices = ["npm run notices -- test{stage}"] as const;
