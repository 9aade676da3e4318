import { defineConfig } from "#lib/config.ts";

// What this deployment does. Every setting is described in lib/checked-config.ts; secrets are never written here.
//
// Decide first, for each source, which people it may change. By default only those that it brought (`people: "own"`). For two
// systems that speak about the same people, as an HR system and the directory that it feeds, write `people: "shared"` for the
// second one, if its ids are the company's ids and no stranger can choose one there. SECURITY.md says what each source can do.
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
