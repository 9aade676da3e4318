import { createServer, type AddressInfo } from "node:net";

// The process of a loopback Authing that creates everybody at once and keeps nothing: its answer names the people of the request. It sends
// its port to the process that started it.

const end = Buffer.from("\r\n\r\n");
let created = 0;

/** Authing's answer to a batch. */
function answerTo(body: Buffer): Buffer {
  const { list } = JSON.parse(body.toString()) as { list: readonly Readonly<Record<string, unknown>>[] };
  const data = list.map(({ externalId, username, email, phone, phoneCountryCode, name }) => {
    created += 1;
    const userId = created.toString(16).padStart(24, "0");
    return { userId, externalId, username, email, phone, phoneCountryCode, name, status: "Activated" };
  });
  const json = Buffer.from(
    JSON.stringify({ statusCode: 200, message: "Success", requestId: "invented", data }),
  );
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ndate: ${new Date().toUTCString()}\r\ncontent-length: ${json.length}\r\nconnection: keep-alive\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), json]);
}

const server = createServer((socket) => {
  socket.setNoDelay(true);
  let seen: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (piece: Buffer) => {
    seen = seen.length === 0 ? piece : Buffer.concat([seen, piece]);
    for (;;) {
      const at = seen.indexOf(end);
      if (at < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(seen.toString("latin1", 0, at))?.[1] ?? 0);
      const next = at + end.length + length;
      if (seen.length < next) return;
      socket.write(answerTo(seen.subarray(at + end.length, next)));
      seen = seen.subarray(next);
    }
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
