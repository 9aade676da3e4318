import { tableLayout } from "#lib/layouts/table.ts";

/**
 * The CSV that Okta imports people from, and exports of its profiles. Okta exports neither passwords nor secrets.
 */
export default tableLayout({
  name: "okta-csv",
  title: "Okta users (CSV)",
  recognizedBy: [
    ["login", "firstName", "lastName", "honorificPrefix"],
    ["login", "firstName", "lastName", "secondEmail"],
    ["login", "firstName", "lastName", "primaryPhone"],
  ],
  person: {
    // The template has no id of Okta. Where a file has one, Okta's webhooks find the person by it.
    externalId: ["id", "employeeNumber"],
    username: "login",
    email: "email",
    name: "displayName",
    familyName: "lastName",
    givenName: "firstName",
    middleName: "middleName",
    nickname: "nickName",
    profile: "profileUrl",
    phone: ["mobilePhone", "primaryPhone"],
    streetAddress: "streetAddress",
    city: "city",
    province: "state",
    postalCode: "zipCode",
    country: "countryCode",
    address: "postalAddress",
    locale: "locale",
    zoneinfo: "timezone",
    company: "organization",
    departments: "department",
    status: "status",
  },
});
