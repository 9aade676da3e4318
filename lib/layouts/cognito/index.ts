import { tableLayout } from "#lib/layouts/table.ts";

/**
 * Amazon Cognito: the CSV by which user pools import people
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html). It holds neither passwords nor
 * secrets. Commas in values have a backslash before them.
 */
export default tableLayout({
  name: "cognito",
  title: "Amazon Cognito users (CSV)",
  recognizedBy: [["cognito:username", "cognito:mfa_enabled"]],
  person: {
    externalId: "sub",
    username: "cognito:username",
    name: text("name"),
    familyName: text("family_name"),
    givenName: text("given_name"),
    middleName: text("middle_name"),
    nickname: text("nickname"),
    preferredUsername: "preferred_username",
    profile: "profile",
    photo: "picture",
    website: "website",
    email: "email",
    emailVerified: "email_verified",
    gender: "gender",
    birthdate: "birthdate",
    zoneinfo: "zoneinfo",
    locale: "locale",
    phone: "phone_number",
    phoneVerified: "phone_number_verified",
    address: text("address"),
  },
  // Whether people used a second factor: it cannot be exported.
  ignores: ["updated_at", "cognito:mfa_enabled"],
});

function text(from: string) {
  return {
    from,
    as: (value: unknown) => (typeof value === "string" ? value.replaceAll(String.raw`\,`, ",") : value),
  };
}
