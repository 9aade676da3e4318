import * as fc from "fast-check";
import { live, sequence, type Sequence } from "./sequences.ts";
import { statementsOf } from "./statements.ts";
const N = Number(process.env.N ?? 1000),
  seed = Number(process.env.SEED ?? 1);
const only = process.env.ONLY;
const kinds = new Map<string, { count: number; best?: Sequence; text?: string }>();
const kindOf = (text: string) =>
  text
    .replace(/^\d: /, "")
    .replace(/[a-z-]+-\d+/g, "E")
    .replace(/\b\d[ab]?\b/g, "P");
let done = 0;
for (const s of fc.sample(sequence, { numRuns: N, seed })) {
  done += 1;
  let broken: string[];
  try {
    ({ broken } = await live(s));
  } catch (e) {
    broken = ["threw " + (e as Error).message];
    if (!String(e).includes("never ends")) console.log((e as Error).stack);
  }
  for (const text of new Set(broken)) {
    const k = kindOf(text);
    const known = kinds.get(k) ?? { count: 0 };
    known.count += 1;
    kinds.set(k, known);
    const size = (x: Sequence) =>
      x.draws.length * 10 + x.faults.length * 5 + x.deaths.length * 5 + x.acts.length * 3 + x.repeated.length;
    if (!known.best || size(s) < size(known.best)) {
      known.best = s;
      known.text = text;
    }
  }
}
console.log("sequences", done);
for (const [k, { count, text }] of kinds) console.log(count, k, "|", text);
async function shrunk(s: Sequence, kind: string): Promise<Sequence> {
  const fails = async (x: Sequence) => {
    try {
      return (await live(x)).broken.some((t) => kindOf(t) === kind);
    } catch (e) {
      return kind.startsWith("threw");
    }
  };
  let best = s;
  for (let changed = true; changed;) {
    changed = false;
    const tries: Sequence[] = [];
    for (const key of ["draws", "faults", "deaths", "acts", "repeated"] as const)
      for (let i = 0; i < best[key].length; i++)
        tries.push({ ...best, [key]: best[key].filter((_, j) => j !== i) });
    for (const [k, v] of Object.entries({
      lookUpLagMilliseconds: 0,
      pauseSeconds: 0,
      invocationsAtOnce: 1,
      batchSize: 1,
      portion: 1,
      leave: "resign",
      unknownInLookUp: "left-out",
      batchMode: "partial",
      otp: "import",
      givesIdAway: false,
      decision: "later",
    }))
      if ((best as any)[k] !== v) tries.push({ ...best, [k]: v } as Sequence);
    for (let i = 0; i < best.draws.length; i++) {
      const d = best.draws[i]!;
      if (d.isBroken)
        tries.push({ ...best, draws: best.draws.map((x, j) => (j === i ? { ...x, isBroken: false } : x)) });
      if (d.fields !== 1)
        tries.push({ ...best, draws: best.draws.map((x, j) => (j === i ? { ...x, fields: 1 } : x)) });
    }
    for (const t of tries)
      if (t.draws.length > 0 && (await fails(t))) {
        best = t;
        changed = true;
        break;
      }
  }
  return best;
}
let shown = 0;
for (const [k, { best }] of [...kinds].toSorted((a, b) => b[1].count - a[1].count)) {
  if (only && !k.includes(only)) continue;
  if (shown++ >= Number(process.env.SHOW ?? 4)) break;
  const s = await shrunk(best!, k);
  console.log("\n=====", k);
  const { draws, ...rest } = s;
  console.log(JSON.stringify(rest));
  for (const st of statementsOf(draws))
    console.log(
      " rank",
      st.rank,
      st.source,
      st.message.event.id,
      "person",
      st.person,
      st.message.event.subject,
      JSON.stringify(st.message.event.payload).slice(0, 300),
    );
  try {
    const { ledger, world, broken } = await live(s);
    for (const r of ledger.recent(100))
      console.log(
        "   ",
        r.source + "/" + r.id,
        r.settledAt,
        JSON.stringify(r.outcome),
        JSON.stringify(r.superseded ?? {}),
        r.receivedAt,
      );
    console.log(
      JSON.stringify(
        world.pool
          .users()
          .map(
            ({
              userId,
              externalId,
              status,
              nickname,
              city,
              email,
              createdAt,
              customData,
              departmentIds,
            }: any) => ({
              userId,
              externalId,
              status,
              nickname,
              city,
              email,
              createdAt,
              customData,
              departmentIds,
            }),
          ),
      ),
    );
    for (const u of world.pool.users())
      console.log("person", JSON.stringify(await ledger.person(u.externalId!)), world.pool.otpOf(u.userId));
    for (const sub of new Set(statementsOf(draws).map((x) => x.source + "#" + x.message.event.subject)))
      console.log("subject", JSON.stringify(await ledger.subject(...(sub.split("#") as [string, string]))));
    console.log(broken);
    if (process.env.LOG) console.log(world.log.join("\n"), JSON.stringify(world.pool.requests));
  } catch (e) {
    console.log(String(e));
  }
}
