import { live, type Sequence } from "./sequences.ts";
const s = {
  leave: "resign",
  otp: "import",
  people: { hr: "shared", idp: "shared" },
  batchMode: "partial",
  unknownInLookUp: "left-out",
  lookUpLagMilliseconds: 0,
  repeated: [],
  portion: 9,
  pauseSeconds: 0,
  batchSize: 2,
  invocationsAtOnce: 1,
  faults: [],
  deaths: [],
  acts: [],
  decision: "later",
  givesIdAway: false,
  draws: [
    { source: "hr", person: 4, kind: "rename", fields: 1, days: 0, place: 1, isBroken: false },
    { source: "hr", person: 4, kind: "update", fields: 1, days: 0, place: 0, isBroken: false },
    { source: "hr", person: 4, kind: "complete", fields: 1, days: 0, place: 2, isBroken: false },
  ],
} as unknown as Sequence;
const { world, broken } = await live(s);
console.log(broken, world.log.slice(-14).join("\n"), JSON.stringify(world.pool.requests));
