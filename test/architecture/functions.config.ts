import { defineConfig } from "#lib/config.ts";
import peopleDesk from "../own-source/peopledesk.config.ts";

// Settings that are no data, and what has only rosters.
export default defineConfig({
  sources: {
    okta: { scope: ({ person }) => person.email?.endsWith("@example.com") === true },
    peopledesk: { source: peopleDesk.sources["peopledesk"]!.source! },
    payroll: { rosterOnly: true },
  },
});
