import { basename } from "node:path";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source } from "#lib/contract/source.ts";
import { formats } from "#lib/formats/registry.ts";
import * as registry from "#lib/sources/registry.ts";
import {
  fixtureSecret,
  fixturesFolder,
  fixtureSigner,
  readFixtures,
  type EventFixture,
} from "#infra/fixtures/cases.ts";
import type { WireRequest } from "#infra/fixtures/requests.ts";
import { fixturesOf, foldersOf, memoryFile, readOrRefusal, readWhole } from "../contract/files.ts";
import { arrived, sourceUnderTest, type SourceUnderTest } from "../contract/source-under-test.ts";
import type { Secret } from "../contract/strangers.ts";
import type { Input, Kind } from "./input.ts";

// What is fuzzed. Each input has to end: with a result, or with an InboundError.

export interface Target {
  readonly name: string;
  readonly seeds: readonly Input[];
  /** Resolves where the input ended as it should; throws what is a defect. */
  attempt(input: Input): Promise<void>;
}

/** Every format, source or proof; proofs have the names of the sources that use them. */
export function targetsOf(kind: Kind): Target[] {
  if (kind === "format") return formatTargets();
  return (Object.values(registry) as unknown as Source<Secret>[]).flatMap((source) =>
    kind === "source" ? sourceTarget(source) : proofTarget(source),
  );
}

function formatTargets(): Target[] {
  const files = [
    ...formats.flatMap(({ name }) => fixturesOf("formats", name)),
    ...foldersOf("layouts").flatMap((name) => fixturesOf("layouts", name)),
  ];
  return formats.map(({ name, extensions }) => ({
    name,
    seeds: files
      .filter(({ path }) => path.includes(`/${name}/`) || extensions.some((end) => path.endsWith(`.${end}`)))
      .map(({ path, bytes }) => ({ kind: "format", name, seed: basename(path), parts: { body: bytes } })),
    async attempt({ seed, parts }) {
      for (const kind of ["users", "otp"] as const) {
        const read = await readOrRefusal(readWhole(memoryFile(seed, parts["body"] ?? Buffer.alloc(0)), kind));
        if (read instanceof InboundError) continue;
        const silent = read.rows.filter(
          ({ values, problems }) => values === undefined && problems.length === 0,
        );
        if (silent.length > 0) throw new Error("a row has neither values nor a problem");
      }
    },
  }));
}

/** A source with its cases of one method; none where its cases are not invented deliveries. */
function testedSources(source: Source<Secret>): SourceUnderTest[] {
  const { name } = source;
  const invented = fixtureSecret(name);
  const cases = readFixtures(name);
  const events = cases.filter((each) => each.kind === "events");
  if (!invented) return [];
  return [...Map.groupBy(events, ({ method }) => method).values()].map((eventCases) =>
    sourceUnderTest({
      source,
      invented,
      signer: fixtureSigner(name),
      fixture: eventCases[0] as EventFixture,
      eventCases,
      handshakes: [],
      readme: undefined,
      folder: fixturesFolder(name),
    }),
  );
}

function sourceTarget(source: Source<Secret>): Target[] {
  const { name } = source;
  const byCase = new Map(
    testedSources(source).flatMap((tested) =>
      tested.eventCases.map((each) => [each.name, { tested, each }] as const),
    ),
  );
  return [
    {
      name,
      seeds: [...byCase.values()].map(({ each }) => ({
        kind: "source",
        name,
        seed: each.name,
        parts: {
          body: each.method === "GET" ? Buffer.from(String(new URLSearchParams(each.query))) : each.body,
        },
      })),
      async attempt({ seed, parts }) {
        const { tested, each } = byCase.get(seed) ?? {};
        if (!tested?.survives(parts["body"] ?? Buffer.alloc(0), each?.headers ?? {}))
          throw new Error("an event without a time, or a refusal that is not malformed");
      },
    },
  ];
}

function proofTarget(source: Source<Secret>): Target[] {
  const { name, proof } = source;
  if (source.trigger) return [];
  const byCase = new Map(
    testedSources(source).flatMap((tested) =>
      tested.eventCases.map(
        (each) => [each.name, { tested, each, request: tested.requestFor(each) }] as const,
      ),
    ),
  );
  type Signed = NonNullable<ReturnType<typeof byCase.get>>;
  const payloadOf = async ({ request, each, tested }: Signed) => {
    const result = await proof.verify(arrived(request, each.now), tested.secret);
    return result.ok ? Buffer.from(result.payload) : undefined;
  };
  let signed: Promise<readonly (Buffer | undefined)[]> | undefined;
  return [
    {
      name,
      seeds: [...byCase].map(([seed, { request }]) => ({
        kind: "proof",
        name,
        seed,
        parts: partsOf(request),
      })),
      async attempt({ seed, parts }) {
        const known = byCase.get(seed);
        if (!known) throw new Error(`no case ${seed}`);
        const { tested, each, request } = known;
        const result = await readOrRefusal(
          Promise.resolve().then(() =>
            proof.verify(arrived(requestOf(parts, request), each.now), tested.secret),
          ),
        );
        if (result instanceof InboundError || !result.ok || !proof.coversBody) return;
        signed ??= Promise.all([...byCase.values()].map(payloadOf));
        // A splice may be another case's request, whole.
        if (!(await signed).some((payload) => payload?.equals(result.payload)))
          throw new Error("a payload that its sender has not signed is accepted");
      },
    },
  ];
}

const bytesOf = (given: Readonly<Record<string, string>>, prefix: string): [string, Uint8Array][] =>
  Object.entries(given).map(([name, text]) => [`${prefix} ${name}`, Buffer.from(text)]);

function partsOf({ body, headers, query, pathToken }: WireRequest): Record<string, Uint8Array> {
  return {
    body,
    ...Object.fromEntries([...bytesOf(headers, "header"), ...bytesOf(query, "query")]),
    ...(pathToken !== undefined && { path: Buffer.from(pathToken) }),
  };
}

/** The request with these parts. Headers hold Latin-1, as Node reads them. */
function requestOf(parts: Input["parts"], { method }: WireRequest): WireRequest {
  const texts = (prefix: string, encoding: BufferEncoding) =>
    Object.fromEntries(
      Object.entries(parts).flatMap(([name, bytes]) =>
        name.startsWith(`${prefix} `)
          ? [[name.slice(prefix.length + 1), Buffer.from(bytes).toString(encoding)]]
          : [],
      ),
    );
  const { body = Buffer.alloc(0), path } = parts;
  return {
    method,
    body,
    headers: texts("header", "latin1"),
    query: texts("query", "utf8"),
    ...(path && { pathToken: Buffer.from(path).toString() }),
  };
}
