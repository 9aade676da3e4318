import { expect } from "vitest";
import type { Stack } from "./stack.ts";

// What the functions wrote, as CloudWatch reads it.

type Line = Readonly<Record<string, unknown>>;

/** Every line of every function, parsed. Each must be one JSON object: anything else is out of place in a log of format JSON. */
const linesOf = ({ lines }: Stack): Line[] => lines.map(({ text }) => JSON.parse(text) as Line);

/** What stands in the log under a message, e.g. `delivery refused`. */
export function messagesOf(stack: Stack, message: string): Line[] {
  return linesOf(stack).flatMap(({ message: said }) =>
    typeof said === "object" && said !== null && (said as Line)["message"] === message ? [said as Line] : [],
  );
}

interface EmbeddedMetrics {
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
  }[];
}

/** The sums of the metrics of all functions and sources, by name. Fails for lines that CloudWatch would not understand. */
export function metricsOf(stack: Stack): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const line of linesOf(stack)) {
    const embedded = line["_aws"] as EmbeddedMetrics | undefined;
    for (const { Dimensions, Metrics } of embedded?.CloudWatchMetrics ?? []) {
      for (const name of Dimensions.flat()) expect(line[name], name).toEqual(expect.any(String));
      for (const { Name } of Metrics) {
        expect(line[Name], Name).toEqual(expect.any(Number));
        sums[Name] = (sums[Name] ?? 0) + Number(line[Name]);
      }
    }
  }
  return sums;
}
