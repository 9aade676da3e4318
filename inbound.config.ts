import { defineConfig } from "#lib/config.ts";

// What this deployment does. Every setting is described in lib/config.ts; secrets never stand here.
export default defineConfig({
  service: "authing-inbound",
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
