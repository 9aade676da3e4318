import { plainWord } from "#lib/fields/encode.ts";
import { tableLayout } from "#lib/layouts/table.ts";

/** The list of members that a workspace exports. Its `status` is a role, or says that there is none. */
export default tableLayout({
  name: "slack",
  title: "Slack members (CSV)",
  recognizedBy: [["username", "email", "status", "billing-active", "userid"]],
  person: {
    externalId: "userid",
    username: "username",
    email: "email",
    name: "fullname",
    nickname: "displayname",
    status: {
      from: "status",
      // Any other word is refused: it may mean that the person has left.
      as: (value) =>
        /^(?:(?:primary |workspace |org )?(?:owner|admin)|member|(?:single-channel |multi-channel )?guest)$/.test(
          plainWord(value),
        )
          ? "active"
          : value,
    },
  },
  ignores: ["billing-active", "has-2fa", "has-sso", "expiration-timestamp"],
  skips: (cell) => plainWord(cell("status").value) === "bot",
});
