import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  describesItself,
  hashFormOf,
  isCutOff,
  isUnusablePassword,
  mayBeDesCrypt,
} from "#lib/fields/password-hash.ts";
import { isMasked } from "#lib/fields/password-mask.ts";

/** Bytes that no hash was made of, the same at each run. */
const bytes = (count: number) =>
  Buffer.concat([..."abcdefgh"].map((seed) => createHash("sha256").update(seed).digest())).subarray(0, count);
const base64 = (count: number) => bytes(count).toString("base64");
const hex = (count: number) => bytes(count).toString("hex");
const crypt = (count: number) =>
  [...bytes(count)]
    .map((byte) => "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[byte & 63])
    .join("");
const identityV3 = Buffer.concat([
  Buffer.from([1, 0, 0, 0, 1, 0, 0, 0x27, 0x10, 0, 0, 0, 16]),
  bytes(48),
]).toString("base64");
const identityV2 = Buffer.concat([Buffer.from([0]), bytes(48)]).toString("base64");

const selfDescribing: readonly (readonly [name: string, hash: string])[] = [
  ["bcrypt", `$2b$10$${crypt(53)}`],
  ["bcrypt of PHP", `$2y$12$${crypt(53)}`],
  ["bcrypt, cut off", "$2a$10$abc"],
  ["WordPress, phpass", `$P$B${crypt(30)}`],
  ["WordPress 6.8", `$wp$2y$10$${crypt(53)}`],
  ["phpBB", `$H$9${crypt(30)}`],
  ["Drupal 7", `$S$D${crypt(51)}`],
  ["Drupal 7, updated", `U$S$D${crypt(51)}`],
  ["MD5 crypt", `$1$${crypt(8)}$${crypt(22)}`],
  ["Apache", `$apr1$${crypt(8)}$${crypt(22)}`],
  ["SHA-256 crypt", `$5$rounds=5000$${crypt(16)}$${crypt(43)}`],
  ["SHA-512 crypt", `$6$${crypt(16)}$${crypt(86)}`],
  ["yescrypt", `$y$j9T$${crypt(22)}$${crypt(43)}`],
  ["scrypt crypt", `$7$CU..../....${crypt(22)}$${crypt(43)}`],
  ["Sun MD5", `$md5,rounds=904$${crypt(8)}$$${crypt(22)}`],
  ["MySQL 8", `$A$005$${crypt(63)}`],
  ["Argon2", `$argon2id$v=19$m=65536,t=3,p=4$${base64(16)}$${base64(32)}`],
  ["scrypt, PHC", `$scrypt$ln=15,r=8,p=1$${base64(16)}$${base64(32)}`],
  ["PBKDF2, PHC", `$pbkdf2-sha256$i=27500,l=64$${base64(16)}$${base64(64)}`],
  ["Shiro", `$shiro1$SHA-256$500000$${base64(16)}$${base64(32)}`],
  ["LDAP", `{SSHA}${base64(28)}`],
  ["LDAP in small letters", `{ssha}${base64(28)}`],
  ["LDAP crypt", `{CRYPT}${crypt(13)}`],
  ["389 Directory Server", `{PBKDF2_SHA256}${base64(64)}`],
  ["Dovecot", `{SHA256.HEX}${hex(32)}`],
  ["Spring", `{bcrypt}$2a$10$${crypt(53)}`],
  ["SAP", `{x-issha, 1024}${base64(32)}`],
  ["Atlassian", `{PKCS5S2}${base64(48)}`],
  ["Django", `pbkdf2_sha256$600000$${crypt(22)}$${base64(32)}`],
  ["Django bcrypt", `bcrypt_sha256$$2b$12$${crypt(53)}`],
  ["Django Argon2", `argon2$argon2id$v=19$m=102400,t=2,p=8$${base64(16)}$${base64(32)}`],
  ["Django SHA-1", `sha1$a1b2c3$${hex(20)}`],
  ["Django unsalted", `unsalted_md5$$${hex(16)}`],
  ["Werkzeug PBKDF2", `pbkdf2:sha256:260000$${crypt(16)}$${hex(32)}`],
  ["Werkzeug scrypt", `scrypt:32768:8:1$${crypt(16)}$${hex(64)}`],
  ["MySQL", `*${hex(20).toUpperCase()}`],
  ["PostgreSQL", `SCRAM-SHA-256$4096:${base64(16)}$${base64(32)}:${base64(32)}`],
  ["SQL Server 2000", `0x0100${hex(24)}`],
  ["SQL Server 2012", `0x0200${hex(68).toUpperCase()}`],
  ["MediaWiki", `:pbkdf2:sha512:30000:64:${base64(16)}:${base64(64)}`],
  ["ASP.NET Identity 3", identityV3],
];

const others: readonly (readonly [name: string, hash: string])[] = [
  ["MD5", hex(16)],
  ["SHA-1 in capital letters", hex(20).toUpperCase()],
  ["SHA-224", hex(28)],
  ["SHA-256", hex(32)],
  ["SHA-384", hex(48)],
  ["SHA-512", hex(64)],
  ["PostgreSQL MD5", `md5${hex(16)}`],
  ["bytes of PostgreSQL", String.raw`\x${hex(20)}`],
  ["Joomla", `${hex(16)}:${crypt(32)}`],
  ["Magento", `${hex(32)}:${crypt(16)}:1`],
  ["salt before", `${crypt(8)}:${hex(16)}`],
  ["NT and LM", `${hex(16)}:${hex(16)}`],
  ["named, with colons", `sha1:64000:18:${base64(18)}:${base64(18)}`],
  ["MD5 in base64", base64(16)],
  ["SHA-1 in base64", base64(20)],
  ["SHA-256 in base64", base64(32)],
  ["SHA-512 in base64", base64(64)],
  ["ASP.NET Identity 2", identityV2],
  ["Oracle", `S:${hex(30).toUpperCase()}`],
  ["Keycloak's JSON", '{"value":"x","salt":"y"}'],
];

describe("hashes are told from passwords", () => {
  test.each([...selfDescribing, ...others])("of %s", (_, hash) => {
    expect(hashFormOf(hash)).toBeDefined();
  });

  test.each(selfDescribing)("and describe themselves: %s", (_, hash) => {
    expect(describesItself(hash)).toBe(true);
  });

  test.each(others)("and do not describe themselves: %s", (_, hash) => {
    expect(describesItself(hash)).toBe(false);
  });

  test("of any bytes in base64, with padding", () => {
    for (const length of [16, 20, 32, 64])
      for (let run = 0; run < 200; run += 1)
        expect(hashFormOf(randomBytes(length).toString("base64"))).toBeDefined();
  });
});

test.each([
  "correct horse battery staple",
  "Start-Horse-11",
  "$ecret$123",
  "$a$b",
  "$m$ney",
  "{hello}world",
  "*starred*",
  "***love***you",
  "P@$$w0rd!",
  "md5",
  "sha1 is bad",
  "changeme",
  "password:1234",
  "user:hunter2",
  "0x1234",
  "Tr0ub4dor&3",
  "(hidden agenda)",
  "hidden",
  "correcthorsebatterystaple",
  "AQAAAA",
  "Sunny.Day2026",
  "aaaa",
  "1111",
  "xxx",
  "!important",
  "deadbeefdeadbeef",
  "口令一二三",
])("a plain password stays one: %s", (password) => {
  expect(hashFormOf(password)).toBeUndefined();
  expect(isMasked(password)).toBe(false);
});

test.each([
  "***",
  "********",
  "••••",
  "●●●●●",
  "xxxxx",
  "XXXX",
  "-----",
  "#####",
  "......",
  "ab******",
  "(hidden)",
  "[REDACTED]",
  "<hidden>",
  "[FILTERED]",
  "（已隐藏）",
  "已加密",
])("a mask is no password: %s", (mask) => {
  expect(isMasked(mask)).toBe(true);
  expect(isMasked(` ${mask} `)).toBe(true);
});

test("the oldest crypt is guessed at only", () => {
  expect(mayBeDesCrypt("rl0uE5aB1cD2g")).toBe(true);
  expect(hashFormOf("rl0uE5aB1cD2g")).toBeUndefined();
  for (const password of ["correcthorse1", "Password12345", "Start-Horse-1"])
    expect(mayBeDesCrypt(password)).toBe(false);
});

test("accounts without a password, and hashes that were cut off, are known", () => {
  for (const text of ["!", "!!", "*", "*LK*", `!${crypt(40).replaceAll(/[./]/g, "a")}`])
    expect(isUnusablePassword(text)).toBe(true);
  expect(isUnusablePassword("*abc")).toBe(false);
  expect(isCutOff(`$2b$10$${crypt(50)}`)).toBe(true);
  expect(isCutOff(`{bcrypt}$2b$10$${crypt(53)}`)).toBe(false);
});
