import { afterAll, beforeAll, describe, onTestFinished, vi } from "vitest";
import { startMoto, type Moto } from "./moto.ts";
import { unpack, type Packages } from "./packages.ts";
import { openStack, type Stack } from "./stack.ts";
import { awsTrouble } from "./stories/aws-trouble.ts";
import { departures } from "./stories/departures.ts";
import { duplicates } from "./stories/duplicates.ts";
import { forged } from "./stories/forged.ts";
import { joiners } from "./stories/joiners.ts";
import { killed } from "./stories/killed.ts";
import { notices } from "./stories/notices.ts";
import { order } from "./stories/order.ts";
import { poison } from "./stories/poison.ts";
import { encryptedFiles, previews } from "./stories/previews.ts";
import { redrive } from "./stories/redrive.ts";
import { roles } from "./stories/roles.ts";
import { rosterCommands } from "./stories/roster-commands.ts";
import { rosters } from "./stories/rosters.ts";
import { rotation } from "./stories/rotation.ts";
import { tooLarge } from "./stories/too-large.ts";
import { trouble } from "./stories/trouble.ts";
import { uploads } from "./stories/uploads.ts";
import { waiting } from "./stories/waiting.ts";
import { watching } from "./stories/watching.ts";
import type { OpenStack } from "./story.ts";

// The whole bundle as it is packaged, end to end: over HTTP and S3 into the packages, each in processes of its own behind the
// Lambda Runtime API, with its own role, at an AWS and an Authing on this machine.

// A story takes a few seconds, and ten times that where others need the machine too.
vi.setConfig({ testTimeout: 120_000 });

let moto: Moto;
let packages: Packages;
beforeAll(async () => {
  [moto, packages] = await Promise.all([startMoto(), unpack("test/aws/stack/inbound.config.ts")]);
}, 60_000);
afterAll(async () => {
  await moto.close();
  packages.remove();
});

const opened: Stack[] = [];
const open: OpenStack = async (options) => {
  const stack = await openStack({ moto, packages, ...options });
  opened.push(stack);
  onTestFinished(() => stack.close());
  return stack;
};

describe.each<[about: string, stories: (open: OpenStack) => void]>([
  ["joiners", joiners],
  ["a delivery that comes again", duplicates],
  ["hired, updated and terminated", order],
  ["a forged delivery", forged],
  ["what is too large for the queue", tooLarge],
  ["a rotation under steady traffic", rotation],
  ["Authing's trouble", trouble],
  ["AWS's trouble", awsTrouble],
  ["one poison record in fifty", poison],
  ["a redrive", (open) => redrive(open, () => packages)],
  ["uploads", uploads],
  ["previews of files", previews],
  ["encrypted files", encryptedFiles],
  ["a process that is killed", killed],
  ["departures", departures],
  ["events that wait", waiting],
  ["notices", notices],
  ["rosters", rosters],
  ["commands about rosters", rosterCommands],
  ["what is usual", watching],
])("%s", (_, stories) => {
  stories(open);
});

// The last one: it is about everything that the others did.
describe("the roles", () => {
  roles(opened);
});
