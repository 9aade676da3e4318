import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { OperationRequest } from "#lib/handlers/operations.ts";

const base = "/console/api";

/** What the server says is wrong, for the reader of the page. */
export class Failure extends Error {}

async function answered<Value>(request: Promise<Response>): Promise<Value> {
  const answer = await request.catch(() => {
    throw new Failure("no-answer");
  });
  if (answer.ok) return (await answer.json()) as Value;
  const { error = String(answer.status) } = (await answer.json().catch(() => ({}))) as { error?: string };
  throw new Failure(error);
}

export const read = <Value>(...path: readonly string[]): Promise<Value> =>
  answered(fetch(`${base}/${path.map(encodeURIComponent).join("/")}`));

export const post = <Value>(path: string, body: unknown): Promise<Value> =>
  answered(
    fetch(`${base}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

export const remove = <Value>(path: string): Promise<Value> =>
  answered(fetch(`${base}/${path}`, { method: "DELETE" }));

/** Carries an operation out, as `npm run …` does. */
export const operate = <Value>(request: OperationRequest): Promise<Value> => post("operations", request);

/** Stores a file where uploads come in, on a laptop. */
export const upload = <Value>(key: string, file: File): Promise<Value> =>
  answered(
    fetch(`/uploads/${key.split("/").map(encodeURIComponent).join("/")}`, { method: "PUT", body: file }),
  );

/** A result file of an import or a roster, on a laptop. */
export const resultUrl = (...path: readonly string[]): string =>
  `/uploads/results/${path.map(encodeURIComponent).join("/")}`;

export interface Asked<Value> {
  readonly value?: Value;
  readonly failure?: string;
  readonly isAsking: boolean;
  again(): void;
}

/** Asks when the page shows something, and again when `keys` change. The last answer stays until there is a new one. */
export function useAsked<Value>(ask: () => Promise<Value>, keys: readonly unknown[]): Asked<Value> {
  const [state, setState] = useState<{ value?: Value; failure?: string; isAsking: boolean }>({
    isAsking: true,
  });
  const turn = useRef(0);
  const again = useCallback(() => {
    const own = (turn.current += 1);
    setState((before) => ({ ...before, isAsking: true }));
    ask().then(
      (value) => own === turn.current && setState({ value, isAsking: false }),
      (error: unknown) =>
        own === turn.current &&
        setState({ failure: error instanceof Failure ? error.message : String(error), isAsking: false }),
    );
  }, keys);
  useEffect(again, [again]);
  return { ...state, again };
}

/** Asks again and again while something goes on. */
export function useRepeated(isOn: boolean, milliseconds: number, repeat: () => void): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(repeat, milliseconds);
    return () => clearInterval(timer);
  }, [isOn, milliseconds, repeat]);
}
