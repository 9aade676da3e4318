import { InboundError } from "#lib/contract/errors.ts";

/** Names of the SDK's errors that no retry mends: a right, a name or a credential is missing. */
const misconfigured =
  /^(AccessDenied|.*NotFoundException|NoSuchBucket|QueueDoesNotExist|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|CredentialsProviderError|InvalidRequestException|InvalidParameter|DecryptionFailure|KMS\.?.*Denied|ValidationException)/;

/** The name of an error of the SDK, e.g. `ThrottlingException`: a constant of AWS's, unlike the message, which may quote what we sent. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error && /^[A-Za-z][A-Za-z0-9.]{0,99}$/.test(error.name) ? error.name : "Unknown";
}

/** Our error for one of the SDK's: `misconfigured` or `unavailable`, both to be tried again, with AWS's code as the hint. */
export function awsFailure(error: unknown, reason: string): InboundError {
  if (error instanceof InboundError) return error;
  const name = awsErrorName(error);
  return new InboundError(misconfigured.test(name) ? "misconfigured" : "unavailable", reason, {
    hint: `AWS says ${name}`,
  });
}
