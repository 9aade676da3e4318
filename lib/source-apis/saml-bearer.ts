import { createHash, randomUUID, sign } from "node:crypto";
import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { withToken } from "./access-token.ts";
import { rsaKey, tokenForAssertion } from "./assertion-grant.ts";
import type { FailureHints } from "./failures.ts";

// Tokens for a SAML 2.0 assertion that we sign ourselves (RFC 7522), as SAP SuccessFactors wants them.

/** How a token is obtained by such an assertion. */
export interface SamlBearer<Secret> {
  readonly path: string;
  readonly audience: string;
  /** The address of the token endpoint. */
  recipient(secret: Secret): string;
  issuer(secret: Secret): string;
  /** In whose name requests are made. */
  subject(secret: Secret): string;
  /** An RSA key in PEM, whose certificate the vendor knows. */
  privateKey(secret: Secret): string;
  /** Name → value. */
  attributes(secret: Secret): Readonly<Record<string, string>>;
  /** Fields of the form beside the assertion. */
  form(secret: Secret): Readonly<Record<string, string>>;
  readonly hints?: FailureHints;
}

/** How long an assertion is valid. It is used at once. */
const lifetimeMilliseconds = 10 * 60_000;
/** Our clock may be ahead of the vendor's. */
const clockMilliseconds = 60_000;

/** The `send` of a `RestApi` whose requests carry a token that is obtained by a SAML assertion. */
export function samlBearer<Secret>(
  settings: SamlBearer<Secret>,
): (request: ApiRequest, api: SourceApi<Secret>) => Promise<ApiAnswer> {
  const { path, hints } = settings;
  return withToken(async (api) => {
    const grant = {
      path,
      grantType: "urn:ietf:params:oauth:grant-type:saml2-bearer",
      form: settings.form(api.secret),
      hints,
    };
    return tokenForAssertion(grant, Buffer.from(signedAssertion(settings, api)).toString("base64"), api);
  });
}

const canonicalization = "http://www.w3.org/2001/10/xml-exc-c14n#";

/**
 * The assertion with its enveloped signature (https://www.w3.org/TR/xmldsig-core1/). Everything is written in the form that exclusive
 * canonicalization gives it (https://www.w3.org/TR/xml-exc-c14n/): name spaces first, attributes in order, no empty tags, no white space. What is
 * signed is therefore the text itself.
 */
function signedAssertion<Secret>(settings: SamlBearer<Secret>, { secret, now }: SourceApi<Secret>): string {
  const id = `_${randomUUID()}`;
  const { before, after } = assertionParts(settings, secret, id, now());
  const digest = createHash("sha256").update(`${before}${after}`).digest("base64");
  const signedInfo = [
    '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
    `<ds:CanonicalizationMethod Algorithm="${canonicalization}"></ds:CanonicalizationMethod>`,
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>',
    `<ds:Reference URI="#${id}"><ds:Transforms>`,
    '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>',
    // `xs` is in a value only, where canonicalization does not look for it.
    `<ds:Transform Algorithm="${canonicalization}"><ec:InclusiveNamespaces xmlns:ec="${canonicalization}" PrefixList="xs"></ec:InclusiveNamespaces></ds:Transform>`,
    '</ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>',
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`,
  ].join("");
  const key = rsaKey(settings.privateKey(secret), settings.hints);
  const signature = sign("sha256", Buffer.from(signedInfo), key).toString("base64");
  return [
    before,
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
    signedInfo,
    `<ds:SignatureValue>${signature}</ds:SignatureValue></ds:Signature>`,
    after,
  ].join("");
}

/** The assertion up to where its signature belongs, and the rest of it. */
function assertionParts<Secret>(settings: SamlBearer<Secret>, secret: Secret, id: string, now: number) {
  const moment = (offset: number) => new Date(now + offset).toISOString();
  const [issuedAt, notBefore, notAfter] = [
    moment(0),
    moment(-clockMilliseconds),
    moment(lifetimeMilliseconds),
  ];
  const attributes = Object.entries(settings.attributes(secret)).map(
    ([name, value]) =>
      `<saml2:Attribute Name="${escaped(name)}"><saml2:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${escaped(value)}</saml2:AttributeValue></saml2:Attribute>`,
  );
  const before = [
    `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" IssueInstant="${issuedAt}" Version="2.0">`,
    `<saml2:Issuer>${escaped(settings.issuer(secret))}</saml2:Issuer>`,
  ].join("");
  const after = [
    '<saml2:Subject><saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">',
    `${escaped(settings.subject(secret))}</saml2:NameID>`,
    '<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">',
    `<saml2:SubjectConfirmationData NotOnOrAfter="${notAfter}" Recipient="${escaped(settings.recipient(secret))}"></saml2:SubjectConfirmationData>`,
    "</saml2:SubjectConfirmation></saml2:Subject>",
    `<saml2:Conditions NotBefore="${notBefore}" NotOnOrAfter="${notAfter}"><saml2:AudienceRestriction>`,
    `<saml2:Audience>${escaped(settings.audience)}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>`,
    `<saml2:AuthnStatement AuthnInstant="${issuedAt}" SessionIndex="${id}"><saml2:AuthnContext><saml2:AuthnContextClassRef>`,
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    "</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>",
    `<saml2:AttributeStatement>${attributes.join("")}</saml2:AttributeStatement></saml2:Assertion>`,
  ].join("");
  return { before, after };
}

/** For text and attributes alike: characters that canonicalization would write in two ways are left out. */
function escaped(value: string): string {
  return value
    .replaceAll(/[\p{Cc}">]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
}
