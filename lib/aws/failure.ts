import { InboundError } from "#lib/contract/errors.ts";

/** Names of the SDK's errors that an operator mends: a right, a name or a credential is missing. */
const misconfigured =
  /^(AccessDenied|.*NotFoundException|NoSuchBucket|QueueDoesNotExist|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|CredentialsProviderError|InvalidRequestException|InvalidParameter|DecryptionFailure|KMS\.?.*Denied)/;

/**
 * Names of errors of a call that AWS will never take as it is: too large, or not as its shape has to be. The same call fails the
 * same way after every retry, so that what it is about must not be retried for ever.
 */
const invalid =
  /^(ValidationException|ValidationError|SerializationException|ItemCollectionSizeLimitExceeded|EntityTooLarge|KeyTooLong|InvalidMessageContents|BatchRequestTooLong|MessageTooLong|MalformedXML)/;

/** The name of an error of the SDK, e.g. `ThrottlingException`: a constant of AWS's, unlike the message, which may quote what we sent. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error && /^[A-Za-z][A-Za-z0-9.]{0,99}$/.test(error.name) ? error.name : "Unknown";
}

/**
 * Our error for one of the SDK's, with AWS's code in the hint: `misconfigured` or `unavailable`, both to be tried again, with
 * `reason`; or `malformed`, `aws-call-invalid`, for a call that no retry mends: a defect of ours.
 */
export function awsFailure(error: unknown, reason: string): InboundError {
  if (error instanceof InboundError) return error;
  const name = awsErrorName(error);
  if (invalid.test(name)) {
    return new InboundError("malformed", "aws-call-invalid", {
      hint: `AWS says ${name} (${reason}): a defect; report it with this line`,
    });
  }
  return new InboundError(misconfigured.test(name) ? "misconfigured" : "unavailable", reason, {
    hint: `AWS says ${name}`,
  });
}
