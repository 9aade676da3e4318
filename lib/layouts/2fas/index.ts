import { accountOf } from "#lib/layouts/choices.ts";
import { has, productLayout } from "#lib/layouts/product.ts";
import { inside } from "#lib/layouts/record.ts";

/** 2FAS's backup without a password. */
export default productLayout({
  name: "2fas",
  title: "2FAS backup",
  lists: ["services"],
  recognizes: (sample) =>
    has(sample, "secret", "otp") && (sample.list === "services" || has(sample, "badge")),
  // What is no TOTP secret of a person.
  knows: ["name", "otp", "order", "badge", "icon", "updatedAt", "groupId", "serviceTypeID"],
  identities: (record) => accountOf(inside(record, "otp.account")),
  factors: {
    fields: {
      secret: "secret",
      type: "otp.tokenType",
      algorithm: "otp.algorithm",
      digits: "otp.digits",
      period: "otp.period",
      counter: "otp.counter",
    },
  },
});
