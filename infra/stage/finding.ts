/** What one check found, and what to do about it. */
export interface Finding {
  /** `wrong`: something does not work. `attention`: it works, and the operator should look at it. */
  readonly state: "fine" | "attention" | "wrong";
  readonly what: string;
  readonly next?: string;
}

export const fine = (what: string): Finding => ({ state: "fine", what });
export const attention = (what: string, next: string): Finding => ({ state: "attention", what, next });
export const wrong = (what: string, next: string): Finding => ({ state: "wrong", what, next });

const marks = { fine: "✓", attention: "!", wrong: "✗" } as const;

export function lineOf({ state, what, next }: Finding): string {
  return `${marks[state]} ${what}${next === undefined ? "" : ` → ${next}`}`;
}
