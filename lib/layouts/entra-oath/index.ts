import { tableLayout } from "#lib/layouts/table.ts";

/**
 * The CSV by which hardware tokens are uploaded to Microsoft Entra ID
 * (https://learn.microsoft.com/en-us/entra/identity/authentication/concept-authentication-oath-tokens). Entra knows SHA-1 and 6 digits only;
 * the interval is 30 or 60 seconds. Vendors hand it out without `upn`.
 */
export default tableLayout({
  name: "entra-oath",
  title: "Microsoft Entra ID OATH tokens (CSV)",
  recognizedBy: [
    ["upn", "serial number", "secret key", "time interval"],
    ["upn", "serial number", "secret key", "timeinterval", "manufacturer"],
  ],
  secret: {
    username: "upn",
    secret: "secret key",
    period: ["time interval", "timeinterval"],
  },
  ignores: ["serial number", "manufacturer", "model"],
});
