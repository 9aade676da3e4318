import { expect, test } from "vitest";
import { createRecorder } from "#infra/sandbox/recorder.ts";

test("drops the bodies of old requests first, then the requests", () => {
  const recorder = createRecorder({ requestsKept: 10, bodyBytesKept: 350 });
  const add = (bytes: number) =>
    recorder.add({
      method: "POST",
      path: "/api/v3/create-user",
      operation: "create-user",
      at: "2024-06-03T08:09:07.000Z",
      count: 1,
      bytes,
      body: {},
    });
  for (let count = 0; count < 5; count++) add(100);
  expect(recorder.requests.map(({ body }) => body !== undefined)).toEqual([false, false, true, true, true]);
  for (let count = 0; count < 7; count++) add(100);
  expect(recorder.requests.map(({ number }) => number)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(recorder.requests.filter(({ body }) => body)).toHaveLength(3);
  add(300);
  expect(recorder.requests.filter(({ body }) => body).map(({ number }) => number)).toEqual([13]);
});
