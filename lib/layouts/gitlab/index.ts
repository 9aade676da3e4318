import { tableLayout } from "#lib/layouts/table.ts";

/** Lists of GitLab's users as tools write them by its API (https://docs.gitlab.com/api/users/): there `state` is that of the account. */
export default tableLayout({
  name: "gitlab",
  title: "GitLab users (CSV)",
  recognizedBy: [
    ["username", "state", "is_admin"],
    ["username", "state", "last_sign_in_at"],
    ["username", "state", "last_activity_on"],
    ["username", "state", "web_url"],
  ],
  person: {
    username: "username",
    email: "email",
    name: "name",
    status: "state",
  },
  ignores: ["bot", "is_admin", "is_external", "last_sign_in_at", "created_at", "last_activity_on", "web_url"],
  // Tokens of projects and groups have users of their own, and so have GitLab's services.
  skips: (cell) => /^(?:true|t|1|yes)$/i.test(String(flag(cell("bot").value))),
});

const flag = (value: unknown) => (["string", "boolean", "number"].includes(typeof value) ? value : "");
