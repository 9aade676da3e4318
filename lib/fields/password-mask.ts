/** Signs and letters that stand for a password. */
const maskSigns = /[*•●∙·⋅․…＊■▪○◦]/gu;
const words =
  "hidden|redacted|masked|filtered|removed|secret|protected|encrypted|confidential|not shown|not set|unset|none|empty|blank|unchanged|no password|password|null|已?隐藏|已?加密|已?设置|未设置|保密|无密码|无|空";
const boxed = new RegExp(String.raw`^[[(<{＜（【]{1,2}\s{0,3}(?:${words})\s{0,3}[\])>}＞）】]{1,2}$`, "iu");
/** Without brackets, these stand for a password only as exports write them. */
const bare = /^(?:REDACTED|HIDDEN|MASKED|FILTERED|ENCRYPTED|N\/A|n\/a|已隐藏|已加密|已设置|未设置|保密)$/;

/**
 * Whether a text stands in place of a password: `****`, `••••`, `xxxxx`, `-----`, `(hidden)`, `[REDACTED]`, and one of which at least
 * half is masked, `ab******`.
 */
export function isMasked(written: string): boolean {
  const text = written.trim();
  if (boxed.test(text) || bare.test(text)) return true;
  const [first = ""] = text;
  const isOneSign = text.length >= 3 && [...text].every((character) => character === first);
  // aaaa and 1111 are passwords, if bad ones.
  if (isOneSign && (/^[xX]{4}/.test(text) || /^[^\p{L}\p{N}]/u.test(text))) return true;
  const masked = text.match(maskSigns)?.length ?? 0;
  return masked >= 3 && masked * 2 >= text.length;
}
