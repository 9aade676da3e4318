// How systems write password hashes. A hash that is taken for a password becomes the password, so that a copy of the old database
// opens the account; a password that is taken for a hash is stored in plain text.

/** One way to write a hash. */
interface HashForm {
  /** Whose it is. */
  readonly name: string;
  readonly pattern: RegExp;
  /** Whether the text says its own algorithm, so that a password script needs nothing else to compare with it. */
  readonly describesItself: boolean;
}

/** The lengths of digests in hexadecimal: MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512. */
const hex = "(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})";
/** The alphabets of crypt and of base64, and what stands between the parts of a string. */
const hashed = String.raw`[\w./+=,$*:@-]`;

const form = (name: string, describesItself: boolean, pattern: string): HashForm => ({
  name,
  describesItself,
  pattern: new RegExp(`^(?:${pattern})$`, "i"),
});

/**
 * Every form is checked against the whole text. A plain password can begin with `$a$`, `{a}` or `*`; it is not followed by as
 * many characters as a hash, none of them a space or another sign. Sources: the man page crypt(5) of libxcrypt, the PHC string format,
 * RFC 2307 and RFC 5803, the hash formats of Passlib and hashcat, Django's and Werkzeug's hashers, Dovecot's password schemes.
 */
const forms: readonly HashForm[] = [
  // $2a$, $2b$, $2x$, $2y$; cut off ones too.
  form("bcrypt", true, String.raw`\$2[abxy]?\$\d\d\$\S*`),
  form("Argon2", true, String.raw`\$argon2(?:id|i|d)\$\S*`),
  form(
    "named by its scheme",
    true,
    String.raw`\$(?:bcrypt|scrypt|pbkdf2|sha\d|md\d|wp|firebase|fusionauth|shiro|apr1)[a-z0-9-]*\$\S*`,
  ),
  // $1$ $5$ $6$ $7$ $y$ $gy$ $md5$ $P$ $H$ $S$ $A$ and any other, also $md5,rounds=…$; Drupal puts a U before hashes it has hashed again.
  form("crypt, PHC, phpass, phpBB, Drupal", true, String.raw`U?\$[a-z0-9][a-z0-9,=-]{0,40}\$${hashed}{20,}`),
  form(
    "LDAP, Spring, Dovecot, SAP",
    true,
    String.raw`\{(?:s?sha[\d_.-]*(?:hex|b64)?|s?md[45][\w.-]*|(?:des-|blf-|sha\d+-|md5-)?crypt|bcrypt|b?scrypt(?:@[\w.]+)?|pbkdf2[\w.@/-]*|argon2[\w.@/-]*|ssha[\w.-]*|nt(?:lm|hash)?|lanman|(?:cram|digest|plain)-md5|scram[\w-]*|pkcs5s2|ldap|noop|plain|clear(?:text)?|kssha|sasl|xor|aes|x-[\w ,-]{1,40})\}.+`,
  ),
  form("LDAP, any scheme", true, String.raw`\{[a-z0-9][a-z0-9_./-]{1,30}\}${hashed}{20,}`),
  form(
    "Django",
    true,
    String.raw`(?:pbkdf2_\w{1,20}|bcrypt(?:_sha256)?|argon2|scrypt|sha1|sha224|sha256|sha384|sha512|md5|crypt|unsalted_md5|unsalted_sha1)\$[^\s$]*\$\S+`,
  ),
  form("Werkzeug", true, String.raw`(?:pbkdf2|scrypt)(?::\w{1,20}){0,4}\$[^\s$]+\$${hashed}{20,}`),
  form("MySQL", true, String.raw`\*[0-9a-f]{40}`),
  form("SCRAM", true, String.raw`SCRAM-SHA-\d{1,3}\$\S+`),
  form("SQL Server", true, String.raw`0x0[123]00[0-9a-f]{40,300}`),
  form("MediaWiki", true, String.raw`:[a-z0-9-]{1,20}:${hashed}{20,}`),
  form("GRUB", true, String.raw`grub\.pbkdf2\.\S+`),
  // Version, pseudorandom function and iterations stand in its first bytes.
  form("ASP.NET Identity 3", true, String.raw`AQAAAA[\w+/]{58,200}={0,2}`),
  form("ASP.NET Identity 2", false, String.raw`A[A-P][\w+/]{64}==`),
  form(
    "parts that are joined by colons, named",
    false,
    String.raw`(?:pbkdf2|bcrypt|scrypt|argon2|sha\d{1,3}|md5)[\w-]{0,20}:\S*${hashed}{16}`,
  ),
  form("digest", false, String.raw`(?:0x|\\x|md5|sha1|\()?${hex}\)?`),
  // Joomla, osCommerce, Magento; salts on either side.
  form("digest with a salt", false, String.raw`${hex}[:.$;|][^\s]{1,150}|[^\s:$;|]{1,64}[:.$;|]${hex}`),
  form("Domino", false, String.raw`\([GH][\w+/]{19,60}\)`),
  form("Oracle", false, String.raw`[ST]:[0-9a-f]{60}.*`),
  // Digests of 16, 20, 32 and 64 bytes with their padding. The bits that belong to no byte are 0.
  form(
    "digest in base64",
    false,
    String.raw`[\w+/-]{21}[AQgw]==|[\w+/-]{26}[AEIMQUYcgkosw048]=|[\w+/-]{42}[AEIMQUYcgkosw048]=|[\w+/-]{85}[AQgw]==`,
  ),
  form("document of JSON", false, String.raw`\{\s{0,9}".*`),
];

/** Chance makes letters of both cases: a text of small letters only is no digest. */
const hasBothCases = (text: string) => /[A-Z]/.test(text) && /[a-z]/.test(text);

/** In UTF-16 units; longer text is no hash, and would take long to compare with every form. */
const maxHashLength = 1024;

/** What kind of hash a text looks like; `undefined` for what may be a plain password. */
export function hashFormOf(text: string): Pick<HashForm, "name" | "describesItself"> | undefined {
  if (text.length > maxHashLength) return undefined;
  return forms.find(
    ({ name, pattern }) => pattern.test(text) && (name !== "digest in base64" || hasBothCases(text)),
  );
}

/** Whether a text is a password in a box: `{noop}secret`, `{plain}secret`, `plain$$secret`. */
export function isPlainInBox(text: string): boolean {
  return /^(?:\{(?:noop|plain|clear|cleartext)\}|plain\$\$)/i.test(text);
}

/**
 * Whether a text in a column of hashes says its own algorithm: `$id$…`, `{scheme}…`, `algorithm$…$…` and the other forms that do.
 * Authing's password script gets nothing but this text.
 */
export function describesItself(text: string): boolean {
  if (/^U?\$[a-z0-9][a-z0-9,=-]{0,40}\$\S/i.test(text) || /^\{[a-z0-9][\w ./,@-]{0,40}\}\S/i.test(text))
    return true;
  return hashFormOf(text)?.describesItself === true;
}

/**
 * Whether a text may be a hash of the oldest crypt (DES): 13 characters of its alphabet, of all kinds, whose last one has two bits only.
 * One in four passwords of 13 letters and digits is like that, so this is worth a note and no more.
 */
export function mayBeDesCrypt(text: string): boolean {
  return /^[./0-9A-Za-z]{12}[.26AEIMQUYcgkosw]$/.test(text) && hasBothCases(text) && /\d/.test(text);
}

/** What stands in a column of hashes for an account without a password: Django's `!…`, and those of /etc/shadow. */
export function isUnusablePassword(text: string): boolean {
  return /^(?:!\w{0,60}|!!|\*|x|\*(?:LK|NP)\*)$/.test(text);
}

/** Whether a bcrypt hash has fewer than its 60 characters: a column that was too narrow cut it off. */
export function isCutOff(text: string): boolean {
  return /^(?:\{\w+\})?\$2[abxy]?\$\d\d\$/.test(text) && text.replace(/^\{\w+\}/, "").length < 60;
}
