import type { Words } from "./words.ts";

export const english: Words = {
  title: (service) => `What ${service} does`,
  madeFrom:
    "Made from `inbound.config.ts` by `npm run describe`. It holds no secret and no data about people.",
  none: "None.",
  yes: "yes",
  no: "no",
  comma: ", ",
  sources: {
    title: "Sources",
    heads: [
      "source",
      "sender",
      "webhook",
      "proves itself by",
      "people are known by",
      "reads the sender's API",
    ],
    defaultId: "the source's default id",
    fetches: "yes, to complete events",
  },
  speaking: {
    title: "Which source may speak about which people",
    may: (source, people, meaning) => `${source} (${people}) may change, close and open ${meaning}.`,
    people: {
      own: "only people that it brought itself. Events about people of other sources are rejected; an account that the ledger does not know is held for an operator",
      shared: "also people that other sources and files brought, by the company's id (`externalId`)",
    },
    always: [
      "No source opens an account that another source closed, and none links an account by an e-mail, a phone or a username.",
      "A source opens an account that an operator closed at Authing only after it has closed the account itself.",
      "A file of users creates people; it changes no existing account.",
    ],
  },
  movement: {
    title: "Joiners, movers and leavers",
    heads: ["source", "a departure", "a joiner whose account this source closed"],
    leave: {
      resign:
        "ends sign-in and removes authorisations, departments, roles and groups for good; the profile stays",
      suspend: "ends sign-in; authorisations stay",
      deactivate: "deactivates the account; authorisations stay",
      delete: "deletes the account",
    },
    rehire: { reactivate: "opens the account again", reject: "is rejected; an operator decides" },
    guard:
      "When more than 10 people, or 5 % of a source's people, leave within an hour, further departures are held until an operator decides.",
    lastDay: (zone) => `A departure that names a last day takes effect at the end of that day in ${zone}.`,
    sessions: (applications) =>
      applications === 0
        ? "A departure does not end sessions in applications by itself."
        : `A departure ends the person's sessions in ${applications} application${applications === 1 ? "" : "s"}.`,
  },
  scope: {
    title: "What is brought",
    heads: ["source", "departments (source → Authing)", "custom fields (Authing ← payload)"],
    departmentFunction: "by a function of the configuration",
    departmentsBy: (kind) => `as they are, as \`${kind}\``,
    scoped: (source, outOfScope) =>
      `${source} brings only the people that its \`scope\` in the configuration accepts; a person who is no longer among them ${outOfScope === "leave" ? "is treated as a leaver" : "stays as they are"}.`,
    mapped: (source) => `What ${source} says of a person passes its \`map\` in the configuration.`,
    passwordHashes: (keeping) =>
      keeping === ""
        ? "A password hash that a source sends is dropped (`drop`)."
        : `The password hash that ${keeping} sends of a joiner goes to Authing as it is, for a password script there (\`keep\`); that of any other source is dropped (\`drop\`).`,
    dropped:
      "A department that is not listed is dropped and reported; so is every field of a payload that has no mapping.",
    region: (country) => `Phone numbers without a country code are read as numbers of ${country}.`,
    secrets: ({ otp, passwordEncryption }) =>
      `The TOTP secret of a joiner goes to Authing ${otp === "inline" ? "along with the person" : "in a call of its own"}; ${passwordEncryption === "none" ? "plain passwords are encrypted by TLS only" : `plain passwords are encrypted with \`${passwordEncryption}\` on top of TLS`}.`,
  },
  files: {
    title: "Files",
    users: (folder) => `Files in ${folder} bring people that belong to no source.`,
    ofSources: (folders) => `Files in ${folders} bring people of that source.`,
    otp: (folder) => `Files in ${folder} set TOTP secrets; each is deleted once it is imported.`,
    plan: (folder) => `Files in ${folder} are previewed: nothing is written at Authing.`,
    existing: {
      keep: "A row about an account that exists changes nothing of it (`keep`).",
      update:
        "A row about an account that exists changes it to what its filled cells say (`update`), unless another source brought the person.",
    },
  },
  functions: {
    title: "Functions",
    heads: [
      "function",
      "does",
      "is invoked by",
      "may, besides writing its log",
      "calls outside AWS",
      "in your subnets",
    ],
    byOperators: "operators who have the right",
    everyOtherPath: "every other path",
    nothing: "nothing",
    on: (actions, resources) => `${actions} on ${resources}`,
    destinations: { authing: "Authing", "source-apis": "APIs of sources", chats: "robots of group chats" },
  },
  outgoing: {
    title: "Where requests go that leave AWS",
    authing: (host, perSecond) =>
      `Authing: ${host}, at most ${perSecond} requests a second for each instance of a function.`,
    source: (title, name, host) => `${title} (${name}): ${host}.`,
    unlessNamed: (host) => `${host}, unless its secret names an \`apiHost\``,
    hostOfSecret: "the host that its secret names",
    always: [
      "The key sets of senders that sign JSON Web Tokens, fetched by their webhook functions.",
      "Robots of group chats: the addresses that the secret `notices` names.",
      "All use https with verified certificates and follow no redirect. No address comes from a payload.",
    ],
  },
  protection: {
    title: "Encryption and network",
    encryption: {
      "customer-managed":
        "One KMS key of your account encrypts queues, bucket, ledger, secrets and alarms; KMS rotates it each year. Logs have CloudWatch's own encryption.",
      "aws-managed": "Keys of AWS's own encrypt queues (SSE-SQS), bucket (SSE-S3), ledger, secrets and logs.",
    },
    outside:
      "No function runs in a network of yours: outgoing requests come from addresses of AWS that change.",
    within: (functions, subnets, groups) =>
      `${functions} run in ${subnets} with ${groups}: their requests come from the address of your NAT gateway.`,
    readers: (readers) =>
      `Uploaded files, rows of imports in work and parked events are read by the functions that need them${readers === "" ? "" : `, and by ${readers}`}; the bucket refuses everybody else.`,
    addresses: {
      logged: "The access log has the address that each request came from.",
      notLogged: "The access log has no address of a sender.",
    },
    always: [
      "Bucket and queues refuse requests without TLS. The bucket is not public.",
      "Secrets are created empty, and no deployment reads or changes them.",
    ],
  },
  retention: {
    title: "How long data is kept",
    heads: ["place", "holds", "for"],
    rows: ({ keepResultsDays, uploads: { keepFiles } }) => [
      ["Secrets Manager", "credentials and webhook secrets", "until an operator deletes them"],
      ["queues", "events with the people in them; names of uploaded files", "at most 14 days"],
      ["bucket, `waiting/`", "events that are too large for the queue", "15 days"],
      [
        "bucket, `rosters/`",
        "people of a source's whole list, while it is compared with what was told",
        "until the run ends; 15 days at most",
      ],
      [
        "bucket, `incoming/users/`",
        "uploaded files of users",
        keepFiles ? "until an operator deletes them" : `${keepResultsDays} days`,
      ],
      ["bucket, `incoming/otp/`", "TOTP secrets in the clear", "until imported; 1 day if that fails"],
      ["bucket, `plan/users/`", "files of users that were uploaded for a preview", `${keepResultsDays} days`],
      ["bucket, `plan/otp/`", "TOTP secrets that were uploaded for a preview", "1 day"],
      [
        "bucket, `incoming/roster/`",
        "uploaded files with all people of a source",
        keepFiles ? "until an operator deletes them" : `${keepResultsDays} days`,
      ],
      [
        "bucket, `plan/roster/`",
        "files with all people of a source that were uploaded for a preview",
        `${keepResultsDays} days`,
      ],
      [
        "bucket, `rows/users/`",
        "rows of files in work, with passwords and secrets in the clear",
        "until the import ends; 15 days at most",
      ],
      [
        "bucket, `rows/otp/`",
        "rows of files in work, with TOTP secrets in the clear",
        "until the import ends; 1 day at most",
      ],
      [
        "bucket, `results/`",
        "results of imports; rejected rows hold personal data",
        `${keepResultsDays} days`,
      ],
      [
        "bucket, `parked/`",
        "events that cannot be decided now, with the people in them",
        "until decided; rejected ones 30 days",
      ],
      ["bucket, `enrolments/`", "secrets that senders brought", "7 days at most"],
      ["bucket, `watch/`", "how many events of each source filled which field; no personal data", "42 days"],
      ["ledger", "ids, codes, times and names of fields; no other personal data", "90 days for outcomes"],
      ["logs", "ids, codes, counts and paths; no personal data", "30 days"],
    ],
  },
  alarms: {
    title: "Alarms",
    ofFunctions: (count) => `One for each function (${count}): it has failed, or AWS has throttled it.`,
    ofSources: (names) => `For each source: ${names}.`,
    silence: (source, after) =>
      after === "never"
        ? `${source} never counts as silent (\`never\`).`
        : after === "learnt"
          ? `${source} counts as silent when nothing came for longer than is usual (\`learnt\`).`
          : `${source} counts as silent when nothing came for ${after} hours.`,
    digest: (time) =>
      time === undefined
        ? "No daily digest is sent to group chats."
        : `A daily digest goes to the robots of group chats, if the secret \`notices\` names any, at ${time.at} in ${time.timeZone}.`,
  },
};
