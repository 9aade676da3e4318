// Mechanisms by which servers limit calls, each as some API does it. rate-models.ts gives them numbers.

/** One server, from time 0 on. Times are milliseconds. */
export interface Server {
  /** Accepts a call, or refuses it. The times of the calls never decrease. */
  takes(now: number): boolean;
  /** When it would accept a call again, as its Retry-After would say. */
  opensAt(now: number): number;
  /** The most calls of ours that it could have accepted until now. */
  allowed(now: number): number;
  /** How long the last accepted call waits in the server before its answer, in addition to the latency. Default 0. */
  keeps?(): number;
}

/** A token bucket that fills at a rate that may change with time. */
export function bucket(perSecond: (now: number) => number, burst: number, locksMilliseconds = 0): Server {
  let tokens = burst;
  let filledAt = 0;
  let total = burst;
  let lockedUntil = 0;
  const fill = (now: number) => {
    // In steps, because the rate may change in between.
    while (filledAt < now) {
      const until = Math.min(now, filledAt + 250);
      const gained = (perSecond(filledAt) * (until - filledAt)) / 1000;
      tokens = Math.min(tokens + gained, burst);
      total += gained;
      filledAt = until;
    }
  };
  return {
    takes(now) {
      fill(now);
      if (now < lockedUntil) return false;
      if (tokens < 1) {
        lockedUntil = now + locksMilliseconds;
        return false;
      }
      tokens -= 1;
      return true;
    },
    opensAt: (now) => Math.max(lockedUntil, now + ((1 - tokens) / perSecond(now)) * 1000),
    allowed(now) {
      fill(now);
      return total;
    },
  };
}

/** Fixed windows: `limit` calls in each window. `offset`: how much of the first window is over at time 0. */
export function fixedWindow(limit: number, milliseconds: number, offset: number): Server {
  let current = 0;
  let taken = 0;
  const indexAt = (now: number) => Math.floor((now + offset) / milliseconds);
  return {
    takes(now) {
      if (indexAt(now) !== current) [current, taken] = [indexAt(now), 0];
      taken += 1;
      return taken <= limit;
    },
    opensAt: (now) => (indexAt(now) + 1) * milliseconds - offset,
    allowed: (now) => (limit * now) / milliseconds,
  };
}

/** So many calls in any stretch of time. */
export function slidingWindow(limit: number, milliseconds: number): Server {
  const taken: number[] = [];
  return {
    takes(now) {
      while (taken.length > 0 && taken[0]! <= now - milliseconds) taken.shift();
      if (taken.length >= limit) return false;
      taken.push(now);
      return true;
    },
    opensAt: (now) => (taken[0] ?? now) + milliseconds,
    allowed: (now) => (limit * now) / milliseconds,
  };
}

/** A neighbour: another client calls at random times, at a rate that changes, several calls at once, and shares the limit with us. */
export function shared(
  server: Server,
  perSecond: (now: number) => number,
  random: () => number,
  callsAtOnce = 1,
): Server {
  let theirNext = 0;
  let theirs = 0;
  const letThemCall = (now: number) => {
    while (theirNext <= now) {
      const rate = perSecond(theirNext);
      const calls = rate > 0 ? callsAtOnce : 0;
      for (let call = 0; call < calls; call += 1) if (server.takes(theirNext)) theirs += 1;
      theirNext += rate > 0 ? (-Math.log(1 - random()) / rate) * 1000 : 1000;
    }
  };
  return {
    takes(now) {
      letThemCall(now);
      return server.takes(now);
    },
    opensAt: server.opensAt,
    allowed(now) {
      letThemCall(now);
      return server.allowed(now) - theirs;
    },
  };
}

/** So many calls in any stretch of time, refused ones among them. */
export function slidingLog(limit: number, milliseconds: number): Server {
  const seen: number[] = [];
  return {
    takes(now) {
      while (seen.length > 0 && seen[0]! <= now - milliseconds) seen.shift();
      seen.push(now);
      return seen.length <= limit;
    },
    opensAt: (now) => (seen.at(-limit) ?? now - milliseconds) + milliseconds,
    allowed: (now) => (limit * now) / milliseconds,
  };
}

/** A leaky bucket: accepted calls wait in a queue and are handled one after the other. */
export function queue(perSecond: number, size: number): Server {
  let waiting = 0;
  let leakedAt = 0;
  const leak = (now: number) => {
    waiting = Math.max(waiting - (perSecond * (now - leakedAt)) / 1000, 0);
    leakedAt = now;
  };
  return {
    takes(now) {
      leak(now);
      if (waiting + 1 > size) return false;
      waiting += 1;
      return true;
    },
    opensAt: (now) => now + ((waiting + 1 - size) / perSecond) * 1000,
    allowed: (now) => size + (perSecond * now) / 1000,
    keeps: () => (waiting / perSecond) * 1000,
  };
}

/** Two limits; a call that the second refuses has already counted for the first. */
export function stacked(first: Server, second: Server): Server {
  let refusedBy = first;
  return {
    takes(now) {
      const refusing = [first, second].find((server) => !server.takes(now));
      refusedBy = refusing ?? refusedBy;
      return !refusing;
    },
    opensAt: (now) => refusedBy.opensAt(now),
    allowed: (now) => Math.min(first.allowed(now), second.allowed(now)),
  };
}

/** Refuses everything for the last `closed` milliseconds of each `period`; the inner server's time does not pass meanwhile. */
export function closing(server: Server, closed: number, period: number): Server {
  const openTime = (now: number) =>
    Math.floor(now / period) * (period - closed) + Math.min(now % period, period - closed);
  const isOpen = (now: number) => now % period < period - closed;
  return {
    takes: (now) => isOpen(now) && server.takes(openTime(now)),
    opensAt: (now) =>
      isOpen(now)
        ? now + server.opensAt(openTime(now)) - openTime(now)
        : (Math.floor(now / period) + 1) * period,
    allowed: (now) => server.allowed(openTime(now)),
  };
}

/** A sliding window that is estimated by two counters: this window's calls, and a share of the calls of the window before. */
export function twoCounters(limit: number, milliseconds: number): Server {
  let index = 0;
  let [before, current] = [0, 0];
  const estimate = (now: number) => current + before * (1 - (now % milliseconds) / milliseconds);
  return {
    takes(now) {
      const newIndex = Math.floor(now / milliseconds);
      if (newIndex !== index) [before, current] = [newIndex === index + 1 ? current : 0, 0];
      index = newIndex;
      if (estimate(now) + 1 > limit) return false;
      current += 1;
      return true;
    },
    opensAt(now) {
      const surplus = estimate(now) + 1 - limit;
      const end = (index + 1) * milliseconds;
      return before > 0 ? Math.min(now + (surplus * milliseconds) / before, end) : end;
    },
    allowed: (now) => (limit * now) / milliseconds,
  };
}

/** Several servers with limits of their own; each call goes to one of them at random. */
export function drawn(servers: readonly Server[], random: () => number): Server {
  let asked = servers[0]!;
  return {
    takes(now) {
      asked = servers[Math.floor(random() * servers.length)]!;
      return asked.takes(now);
    },
    opensAt: (now) => asked.opensAt(now),
    allowed: (now) => servers.reduce((sum, server) => sum + server.allowed(now), 0),
  };
}

/** So many calls in work at a time, each for a while; one more is refused. */
export function slots(
  count: number,
  workMilliseconds: number,
  random: () => number,
  deviation = 0.3,
): Server {
  let busyUntil: number[] = [];
  let latestWork = workMilliseconds;
  return {
    takes(now) {
      busyUntil = busyUntil.filter((until) => until > now);
      if (busyUntil.length >= count) return false;
      latestWork = workMilliseconds * (1 - deviation + 2 * deviation * random());
      busyUntil.push(now + latestWork);
      return true;
    },
    opensAt: (now) => Math.min(now + workMilliseconds, ...busyUntil),
    allowed: (now) => (count * now) / workMilliseconds,
    keeps: () => latestWork,
  };
}

/** A bucket that is cold after a time without calls: it fills at `coldPerSecond`, and over `warmsMilliseconds` of calls up to its rate. */
export function warming(
  perSecond: number,
  coldPerSecond: number,
  warmsMilliseconds: number,
  idleMilliseconds: number,
): Server {
  let warmSince = 0;
  let latestCall = 0;
  const rateAt = (now: number) =>
    coldPerSecond +
    (perSecond - coldPerSecond) * Math.min(Math.max(now - warmSince, 0) / warmsMilliseconds, 1);
  const inner = bucket(rateAt, coldPerSecond);
  return {
    takes(now) {
      // Until now it filled as it was.
      inner.allowed(now);
      if (now - latestCall > idleMilliseconds) warmSince = now;
      latestCall = now;
      return inner.takes(now);
    },
    opensAt: inner.opensAt,
    allowed: inner.allowed,
  };
}
