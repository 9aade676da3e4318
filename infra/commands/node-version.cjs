"use strict";

// Node reads this file before a command (`node -r`): an older Node cannot read TypeScript, and would print a stack trace.
const oldest = 24;

if (Number(process.versions.node.split(".")[0]) < oldest) {
  process.stderr.write(
    "this command needs Node " +
      oldest +
      " or newer, and runs under " +
      process.version +
      ": run npm ci, which brings one for most machines; on Apple silicon install Node " +
      oldest +
      "\n",
  );
  process.exit(1);
}
