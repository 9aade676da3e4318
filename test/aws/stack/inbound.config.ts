import type { Config } from "#lib/config.ts";
import shipped from "../../../inbound.config.ts";

// The configuration of the stack under test: the shipped one, with Authing on this machine.
const settings = {
  people: "own",
  leave: "resign",
  rehire: "reactivate",
  silence: "learnt",
  customData: {},
  outOfScope: "keep",
} as const;

export default {
  ...shipped,
  authing: {
    ...shipped.authing,
    host: process.env["AUTHING_HOST"] ?? "",
    // What is never answered is given up soon.
    timeoutSeconds: 1,
  },
  sources: {
    ...shipped.sources,
    bamboohr: { ...settings, invokedBy: [], departments: { 研发: "6350a1b2c3d4e5f607180001" } },
    // It delivers nothing: it has no function, and no log.
    payroll: { ...settings, invokedBy: [], departments: {}, rosterOnly: true },
  },
} satisfies Config;
