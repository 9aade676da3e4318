import { expect, it } from "vitest";
import { nearRoute } from "#lib/pipeline/near-route.ts";

const sources = ["bamboohr", "clerk", "okta"];

it.each([
  ["/webhooks/bambohr", "bamboohr"],
  ["/webhook/okta", "okta"],
  ["/Webhooks/Okta", "okta"],
  ["/webhooks/okta/", "okta"],
  ["/webhooks//okta", "okta"],
  ["/webhooks/okta/events", "okta"],
  ["/prod/webhooks/okta", "okta"],
  ["/okta", "okta"],
  ["/webhooks", undefined],
  ["/webhooks/", undefined],
  ["/webhooks/nobody", undefined],
  ["/", undefined],
  ["/wp-login.php", undefined],
  ["/okta/admin", undefined],
  ["/.env", undefined],
  [`/${"a/".repeat(200)}webhooks/okta`, undefined],
])("the path %s is near the route of %s", (path, source) => {
  expect(nearRoute(path, sources)).toBe(source);
});
