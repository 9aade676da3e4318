import { relative } from "node:path";
import { API, type Checker, type Type } from "typescript/unstable/sync";
import {
  SyntaxKind,
  type BinaryExpression,
  type CallExpression,
  type ConditionalExpression,
  type Expression,
  type NewExpression,
  type Node,
  type PropertyAssignment,
  type SourceFile,
  type TemplateExpression,
} from "typescript/unstable/ast";

// Finds every reason code of the code base, by the types that the compiler knows: a code may be a constant, a union of constants
// (`failure.kind`), or a template of them (`header-${problem}`).

/** Codes that are computed from what another library says. Each place is named, so that no other computes any. */
const computed: Readonly<Record<string, readonly string[]>> = {
  // What `text` says of any text, as it is said of an id.
  "lib/fields/external-id.ts": ["external-id-invalid", "external-id-ambiguous", "external-id-too-long"],
  // zod's codes of issues, with dashes; those of lists and of unknown keys have names of ours.
  "lib/authing/rules.ts": [
    "invalid-type",
    "invalid-value",
    "invalid-format",
    "invalid-union",
    "invalid-key",
    "invalid-element",
    "not-multiple-of",
    "too-small",
    "too-big",
    "custom",
  ],
  // How many entries were cut from a record that is too long: a count, for which no sentence is needed.
  "lib/ledger/event-record.ts": [],
  // A department's own code.
  "lib/authing/organizations.ts": [],
  "lib/rosters/departments.ts": [],
  // A reason that an operator types, to select by.
  "lib/operations/selection.ts": [],
};
/** Parts of codes, which other files put together. */
const parts: Readonly<Record<string, readonly string[]>> = {
  "lib/fields/clean-text.ts": ["invalid", "ambiguous"],
  "lib/fields/encode.ts": ["invalid", "ambiguous", "too-long"],
};
/** Properties and parameters that hold a code. `code` is also the kind of an `InboundError`, which is no reason. */
const names: ReadonlySet<string> = new Set(["reason", "problem", "code"]);
const kindsOfErrors: ReadonlySet<string> = new Set([
  "unverified",
  "malformed",
  "oversized",
  "misconfigured",
  "unavailable",
]);

export interface FoundCodes {
  /** Code → the files that give it. */
  readonly codes: ReadonlyMap<string, readonly string[]>;
  /** Places that give a reason of which the compiler knows no more than that it is text, and that do not pass one on. */
  readonly unknown: readonly string[];
}

/** Reads the sources with the compiler: some seconds. */
export function findReasonCodes(root: string): FoundCodes {
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProjects: [`${root}/tsconfig.json`] }).getProjects()[0];
    if (!project) throw new TypeError("there is no tsconfig.json");
    const codes = new Map<string, string[]>();
    const unknown: string[] = [];
    for (const [file, own] of Object.entries(computed)) for (const code of own) add(codes, code, file);
    for (const name of project.program.getSourceFileNames()) {
      const file = relative(root, name);
      // The codes of bots are their products'.
      const isOurs = /^(lib|infra)\/(?!.*fixtures\/)(?!notices\/bots?[/.])/.test(file);
      const source = isOurs && project.program.getSourceFile(name);
      if (!source) continue;
      for (const expression of reasonsIn(source, file, project.checker)) {
        const found = codesOf(expression, project.checker);
        for (const code of found?.codes ?? []) {
          const isPart = parts[file]?.includes(code);
          if (code !== "" && !isPart && !kindsOfErrors.has(code)) add(codes, code, file);
        }
        if (found?.isWhole || file in computed || passesOn(expression, source)) continue;
        unknown.push(`${file}: ${expression.getText(source)}`);
      }
    }
    return { codes, unknown };
  } finally {
    api.close();
  }
}

function add(codes: Map<string, string[]>, code: string, file: string): void {
  codes.set(code, [...(codes.get(code) ?? []), file]);
}

/** Every expression of a file that is a reason. In infra, other things are called reason too: there only those of errors count. */
function reasonsIn(source: SourceFile, file: string, checker: Checker): Expression[] {
  const found: Expression[] = [];
  const isLibrary = file.startsWith("lib/");
  const visit = (node: Node): undefined => {
    if (node.kind === SyntaxKind.NewExpression) {
      const { expression, arguments: given } = node as NewExpression;
      const reason = given?.[1];
      if (expression.getText(source) === "InboundError" && reason) found.push(reason);
    }
    if (isLibrary && node.kind === SyntaxKind.PropertyAssignment) {
      const { name, initializer } = node as PropertyAssignment;
      const isPlain = initializer.kind !== SyntaxKind.ObjectLiteralExpression;
      if (isPlain && names.has(name.getText(source))) found.push(initializer);
    }
    if (isLibrary && node.kind === SyntaxKind.ShorthandPropertyAssignment) {
      const { name } = node as Node & { readonly name: Expression };
      if (names.has(name.getText(source))) found.push(name);
    }
    if (isLibrary && node.kind === SyntaxKind.CallExpression) {
      const { arguments: given } = node as CallExpression;
      const parameters = given.length === 0 ? [] : checker.getResolvedSignature(node)?.getParameters();
      for (const [index, parameter] of (parameters ?? []).entries()) {
        const argument = given[index];
        if (argument && (parameter.name === "reason" || parameter.name === "problem")) found.push(argument);
      }
    }
    node.forEachChild(visit);
  };
  source.forEachChild(visit);
  return found;
}

/** The codes that an expression may be; `isWhole`: it can be nothing else. `undefined` where it is no text. */
function codesOf(
  expression: Expression,
  checker: Checker,
): { codes: string[]; isWhole: boolean } | undefined {
  const both = (one: Expression, other: Expression) => {
    const found = [codesOf(one, checker), codesOf(other, checker)];
    return {
      codes: found.flatMap((each) => each?.codes ?? []),
      isWhole: found.every((each) => each?.isWhole === true),
    };
  };
  if (expression.kind === SyntaxKind.ConditionalExpression) {
    const { whenTrue, whenFalse } = expression as ConditionalExpression;
    return both(whenTrue, whenFalse);
  }
  if (expression.kind === SyntaxKind.BinaryExpression) {
    const { left, right, operatorToken } = expression as BinaryExpression;
    if (operatorToken.kind === SyntaxKind.QuestionQuestionToken) return both(left, right);
  }
  if (expression.kind === SyntaxKind.TemplateExpression) {
    const { head, templateSpans } = expression as TemplateExpression;
    let codes = [head.text];
    for (const { expression: part, literal } of templateSpans) {
      const choices = textsOf(checker.getTypeAtLocation(part));
      if (!choices) return { codes: [], isWhole: false };
      codes = codes.flatMap((code) => choices.map((choice) => `${code}${choice}${literal.text}`));
    }
    return { codes, isWhole: true };
  }
  const codes = textsOf(typeOf(expression, checker));
  return codes && { codes, isWhole: true };
}

/** Of `{ reason }` the type of the variable, which says more than that of the property. */
function typeOf(expression: Expression, checker: Checker): Type | undefined {
  const { parent } = expression;
  const variable =
    parent.kind === SyntaxKind.ShorthandPropertyAssignment
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : undefined;
  return variable
    ? checker.getTypeOfSymbolAtLocation(variable, expression)
    : checker.getTypeAtLocation(expression);
}

/** The constants of which a type consists; `undefined` where there is anything else in it but `undefined`. */
function textsOf(type: Type | undefined): string[] | undefined {
  if (type?.isStringLiteralType()) return [type.value];
  if (type?.isIntrinsicType() && type.intrinsicName === "undefined") return [];
  if (!type?.isUnionType()) return undefined;
  const all = (type.getTypes() ?? []).map(textsOf);
  return all.every((each) => each !== undefined) ? all.flat() : undefined;
}

/** Whether an expression passes on a reason that another place gives, by its name. */
function passesOn(expression: Expression, source: SourceFile): boolean {
  const text = expression.getText(source).split("??")[0]?.trim() ?? "";
  return /(^|[.])(reason|problem|code|kind)$/.test(text) || /^reasonOf\(\w+\)$/.test(text);
}
