/** No query, no headers and no path: some senders put secrets there. */
const accessLogFields = {
  requestId: "requestId",
  routeKey: "routeKey",
  status: "status",
  responseLatency: "responseLatency",
  integrationLatency: "integrationLatency",
  error: "integrationErrorMessage",
};

/** The line that API Gateway writes of each request: variables of its context, as JSON. */
export const accessLogFormat = (logsAddresses: boolean): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries({ ...accessLogFields, ...(logsAddresses && { address: "identity.sourceIp" }) }).map(
        ([name, variable]) => [name, `$context.${variable}`],
      ),
    ),
  );
