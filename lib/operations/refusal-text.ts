import type { Refusal } from "#lib/contract/refusals.ts";

type Language = "en" | "zh";

/**
 * What would have had to differ for a refused delivery to be taken, in one sentence. Counts and names of places, no values. A log may hold
 * reasons of another version: of those the code alone is told.
 */
export function differsText(refusal: Refusal, language: Language): string {
  const text = Object.hasOwn(texts, refusal.reason) ? texts[refusal.reason] : undefined;
  return text?.(refusal)[language === "zh" ? 1 : 0] ?? refusal.reason;
}

const counted = (count = 0): string => count.toLocaleString("en-US");
const at = ({ place }: Refusal): string => place ?? "the proof";
const zhAt = ({ place }: Refusal): string => place ?? "签名";

type Both = readonly [en: string, zh: string];

const missing = (refusal: Refusal): Both => [
  `looked for: ${at(refusal)}; it was not there`,
  `应有：${zhAt(refusal)}；但不存在`,
];
const malformed = (refusal: Refusal): Both => [
  `${at(refusal)}: has to be ${refusal.form ?? "of another form"}`,
  `${zhAt(refusal)}：格式应为 ${refusal.form ?? "另一种格式"}`,
];
const outOfTime =
  (en: string, zh: string) =>
  (refusal: Refusal): Both => [
    `${at(refusal)}: ${counted(refusal.seconds)} s in the ${en}; at most ${counted(refusal.toleranceSeconds)} s are allowed`,
    `${zhAt(refusal)}：时间${zh} ${counted(refusal.seconds)} 秒；最多允许 ${counted(refusal.toleranceSeconds)} 秒`,
  ];

const texts: Readonly<Record<Refusal["reason"], (refusal: Refusal) => Both>> = {
  "proof-missing": missing,
  "timestamp-missing": missing,
  "proof-malformed": malformed,
  "timestamp-malformed": malformed,
  "proof-mismatch": (refusal) => {
    const { covers } = refusal;
    const [which, zhWhich] = secretText(refusal);
    return [
      `${at(refusal)}: does not fit ${which}${covers === undefined ? "" : `; what has to be signed: ${covers}`}`,
      `${zhAt(refusal)}：与${zhWhich}不符${covers === undefined ? "" : `；应签名的内容：${covers}`}`,
    ];
  },
  "timestamp-stale": outOfTime("past", "已过去"),
  "timestamp-early": outOfTime("future", "超前"),
  "algorithm-refused": (refusal) => [
    `${at(refusal)}: the token has to be signed by ${refusal.form ?? "another algorithm"}`,
    `${zhAt(refusal)}：令牌的签名算法应为 ${refusal.form ?? "另一种算法"}`,
  ],
  "key-unknown": (refusal) => [
    `${at(refusal)}: the token names a key that is not among the sender's public keys`,
    `${zhAt(refusal)}：令牌所指的密钥不在发送方的公钥之中`,
  ],
  "issuer-mismatch": (refusal) => [
    `${at(refusal)}: is not the issuer that the secret names`,
    `${zhAt(refusal)}：与密钥中指定的签发者不同`,
  ],
  "audience-mismatch": (refusal) => [
    `${at(refusal)}: is not the audience that the secret names`,
    `${zhAt(refusal)}：与密钥中指定的受众不同`,
  ],
  "secret-empty": () => [
    "the secret of the source holds nothing that can verify a delivery",
    "来源的密钥中没有可用于验证的内容",
  ],
  "body-too-large": ({ maxBytes }) => [
    `the body: at most ${counted(maxBytes)} bytes are taken`,
    `正文：最多接收 ${counted(maxBytes)} 字节`,
  ],
  "method-unknown": () => ["the method: only POST and GET are taken", "方法：仅接收 POST 和 GET"],
  "route-unknown": ({ nearSource }) => [
    `the path is no route; /webhooks/${nearSource ?? "<source>"} is one`,
    `路径不存在；正确的路径如 /webhooks/${nearSource ?? "<source>"}`,
  ],
};

/** Which versions of the secret were tried. */
function secretText({ secretVersions = 1, secretChangedAt }: Refusal): Both {
  const [which, zhWhich] =
    secretVersions === 1
      ? ["the secret, which has one version", "密钥（仅有一个版本）"]
      : ["the current or the previous secret", "当前或上一个密钥"];
  return secretChangedAt === undefined
    ? [which, zhWhich]
    : [`${which} (changed ${secretChangedAt})`, `${zhWhich}（更改于 ${secretChangedAt}）`];
}
