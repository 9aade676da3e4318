import { InboundError } from "#lib/contract/errors.ts";

/** Names of the SDK's errors that an operator has to correct: a right, a name or a credential is missing. */
const misconfigured =
  /^(AccessDenied|.*NotFoundException|NoSuchBucket|QueueDoesNotExist|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|CredentialsProviderError|InvalidRequestException|InvalidParameter|DecryptionFailure|KMS\.?.*Denied)/;

/**
 * Names of errors of a call that AWS will always refuse: it is too large, or does not have the required shape. The same call fails
 * in the same way after every retry, so that its message must not be retried for ever.
 */
const invalid =
  /^(ValidationException|ValidationError|SerializationException|ItemCollectionSizeLimitExceeded|EntityTooLarge|KeyTooLong|InvalidMessageContents|BatchRequestTooLong|MessageTooLong|MalformedXML)/;

/** The name of an error of the SDK, e.g. `ThrottlingException`: a constant of AWS's, unlike the message, which may quote what we sent. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error && /^[A-Za-z][A-Za-z0-9.]{0,99}$/.test(error.name) ? error.name : "Unknown";
}

/** Awaits an answer of AWS. A failure becomes our error, with this reason. */
export async function reached<Answer>(answer: Promise<Answer>, reason: string): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw awsFailure(error, reason);
  }
}

/**
 * Our error for one of the SDK's, with AWS's code in the hint: `misconfigured` or `unavailable`, both retryable, with `reason`; or
 * `malformed`, `aws-call-invalid`, for a call that no retry can make succeed: a defect of ours.
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
