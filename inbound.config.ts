import { defineConfig } from "#lib/config.ts";

// What this deployment does. Every setting is described in lib/config.ts; secrets never stand here.
//
// Of each source, first of all: which people may it speak about? By default only those that it brought (`people: "own"`). Two
// systems that speak about the same people, as an HR system and the directory that it feeds: `people: "shared"` for the second
// one, if its ids are the company's ids and no stranger can choose one there. SECURITY.md says what each can do.
export default defineConfig({
  service: "authing-inbound",
  // The country of phone numbers without a country code. Last days end by its clocks; `timeZone` names others.
  region: "CN",
  sources: {
    bamboohr: { leave: "resign" },
    clerk: { leave: "resign" },
    dingtalk: {},
    feishu: {},
    okta: {},
    wecom: {},
  },
});
