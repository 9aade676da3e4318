import { accountOf } from "#lib/layouts/choices.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import { inside } from "#lib/layouts/record.ts";

/** Raivo's export of its one-time passwords: a list, or one object a line. */
export default productLayout({
  name: "raivo",
  title: "Raivo OTP export",
  lists: ["[]"],
  recognizes: (sample) => has(sample, "account", "secret", "kind", "timer"),
  // What only Raivo needs.
  knows: ["issuer", "pinned", "iconType", "iconValue", "account"],
  identities: (record) => accountOf(inside(record, "account")),
  factors: {
    fields: {
      secret: "secret",
      type: "kind",
      algorithm: "algorithm",
      digits: "digits",
      period: "timer",
      counter: "counter",
    },
  },
});
