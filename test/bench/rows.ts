import * as z from "zod";
import { rowTranslator } from "#lib/uploads/rows/row-translator.ts";
import { layoutSettings } from "../contract/files.ts";
import { loopCase, type Loops } from "./fresh-process.ts";
import type { Section } from "./section.ts";

// One row of a file, as text, to a person that Authing accepts. Each case gets a thousand different people in turn. The schema says what a
// program states that trusts its file; ours also mends what spreadsheets do to values, and says of each field where it came from.

const people = Array.from({ length: 1_000 }, (_, index) => ({
  externalId: `hr-${index}`,
  username: `person.${index}`,
  email: `Person.${index}@example.com`,
  phone: String(13_800_000_000 + index),
  name: ["王小明", "José Núñez", "欧阳娜娜", "Zoë Müller"][index % 4] as string,
  givenName: "",
  familyName: "",
  nickname: `第${index}号`,
  gender: index % 2 === 0 ? "F" : "M",
  birthdate: "1990-01-31",
  country: "中国",
  province: "上海市",
  city: "上海",
  address: "南京东路 100 号 3 幢 1201 室",
  streetAddress: "",
  postalCode: "200001",
  company: "示例科技有限公司",
  locale: "zh-CN",
  zoneinfo: "Asia/Shanghai",
  website: "https://example.com",
  photo: "https://example.com/photo.png",
  status: "Activated",
  emailVerified: "true",
  phoneVerified: "false",
  preferredUsername: "",
}));
const columns = Object.keys(people[0] as object);
const rows = people.map((values, index) => ({
  place: `line ${index + 2}`,
  values,
  original: Object.values(values),
  problems: [],
}));

const text = z.string().trim().max(1_000);
const optional = text.optional();
const yesOrNo = z.enum(["true", "false"]).transform((value) => value === "true");
const Person = z.object({
  externalId: text,
  username: text,
  email: z.string().trim().toLowerCase().pipe(z.email()),
  phone: z.string().regex(/^1[3-9]\d{9}$/),
  name: text,
  givenName: optional,
  familyName: optional,
  nickname: optional,
  gender: z.enum(["F", "M", "U"]),
  birthdate: z.iso.date(),
  country: optional,
  province: optional,
  city: optional,
  address: optional,
  streetAddress: optional,
  postalCode: optional,
  company: optional,
  locale: optional,
  zoneinfo: optional,
  website: z.url(),
  photo: z.url(),
  status: z.enum(["Activated", "Suspended"]),
  emailVerified: yesOrNo,
  phoneVerified: yesOrNo,
  preferredUsername: optional,
});

let taken = 0;
/** The next of the thousand. */
const next = <Item>(items: readonly Item[]): Item => items[(taken += 1) % items.length] as Item;

export const loops: Loops = {
  ours: async () => {
    const translator = rowTranslator(
      { kind: "users", columns, startedAt: "2026-03-01T00:00:00.000Z" },
      { ...layoutSettings, translation: { region: "CN", departments: {}, customData: {} } },
    );
    return {
      row: () => {
        const [entry] = translator.translate(next(rows));
        if (!entry?.change) throw new TypeError("the row was refused");
      },
    };
  },
  "zod, default": async () => ({
    row: () => {
      if (!Person.safeParse(next(people)).success) throw new TypeError("the row was refused");
    },
  }),
};

const file = import.meta.filename;

export const rowsOfPeople: Section = {
  name: "rows",
  about: "one row of 25 columns to a person, warm; µs of CPU",
  rounds: 11,
  prepare: async () => ({
    cases: Object.keys(loops).map((name) => loopCase(file, name)),
    ratios: [{ of: "zod, default", to: "ours", cost: "row", aim: { atLeast: 2 } }],
  }),
};
