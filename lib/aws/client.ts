/**
 * What every client of the SDK is made with. Region, credentials and, for tests, endpoints come from the environment
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_…`). Three tries of at most three seconds stay inside a webhook function's ten.
 */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
