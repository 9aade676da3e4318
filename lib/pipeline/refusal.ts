import type { Log } from "#lib/contract/log.ts";
import { refusalMessage, type Refusal } from "#lib/contract/refusals.ts";
import type { Delivery } from "#lib/contract/proof.ts";

/** A process tells of so many refusals a minute, and counts all of them: a flood of forged deliveries must not fill the log. */
const maxToldPerMinute = 20;
const minuteMilliseconds = 60_000;
const maxHeaderNames = 40;
/** Names of headers are the sender's text. Any other name is not told. */
const headerName = /^[a-z0-9-]{1,64}$/;
const mediaTypeForm =
  /^(?:application|audio|font|image|message|model|multipart|text|video)\/[a-z0-9.+-]{1,64}$/;
const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

interface Minute {
  beganAt: number;
  told: number;
  untold: number;
}

const minutes = new WeakMap<Log, Minute>();

/** Tells of a refused delivery in one line of the log, or only counts it where this process has told of enough this minute. */
export function tellRefusal(log: Log, refusal: Refusal, now: number): void {
  const minute = minutes.get(log) ?? { beganAt: now, told: 0, untold: 0 };
  minutes.set(log, minute);
  if (now - minute.beganAt >= minuteMilliseconds) {
    minute.beganAt = now;
    minute.told = 0;
  }
  if (minute.told >= maxToldPerMinute) {
    minute.untold += 1;
    log.count?.({ DeliveriesRefused: 1 }, refusal.source);
    return;
  }
  minute.told += 1;
  const untold = minute.untold > 0 ? { untold: minute.untold } : {};
  minute.untold = 0;
  log.warn(refusalMessage, { ...refusal, ...untold }, { DeliveriesRefused: 1 });
}

/** What may be told of a request of a stranger: nothing that it says, only the names of what came. */
export function shapeOf({
  method,
  headers,
  body,
}: Pick<Delivery, "method" | "headers" | "body">): Pick<
  Refusal,
  "method" | "headers" | "bodyBytes" | "mediaType"
> {
  const names = Object.keys(headers).filter((name) => headerName.test(name));
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  const mediaType = type.trim().toLowerCase();
  return {
    method: methods.has(method) ? method : "other",
    headers: names.toSorted().slice(0, maxHeaderNames).join(","),
    bodyBytes: body.byteLength,
    ...(mediaTypeForm.test(mediaType) && { mediaType }),
  };
}
