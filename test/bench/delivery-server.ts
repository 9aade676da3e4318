import { createServer, type AddressInfo } from "node:net";
import { answer } from "./delivery-batch.ts";

// The process of a loopback Authing that uses as little CPU as possible: it counts the bytes of a request, waits, and writes the
// same answer to each. It sends its port to the process that started it.

const latencyMilliseconds = 20;
const end = Buffer.from("\r\n\r\n");
const bytes = answer();

const server = createServer((socket) => {
  socket.setNoDelay(true);
  let head: Buffer = Buffer.alloc(0);
  let bodyLeft = 0;
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (bodyLeft === 0) {
        head = Buffer.concat([head, rest]);
        const at = head.indexOf(end);
        if (at < 0) return;
        bodyLeft = Number(/content-length: *(\d+)/i.exec(head.toString("latin1", 0, at))?.[1] ?? 0);
        rest = head.subarray(at + end.length);
        head = Buffer.alloc(0);
      }
      const taken = Math.min(bodyLeft, rest.length);
      bodyLeft -= taken;
      rest = rest.subarray(taken);
      if (bodyLeft === 0) setTimeout(() => socket.write(bytes), latencyMilliseconds);
    }
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
