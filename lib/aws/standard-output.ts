import { writeSync } from "node:fs";

/**
 * Writes text to standard output, past `process.stdout`: to make that stream takes 3 ms of each cold start, and Lambda's console does not
 * use it. The stream takes over, from then on, where the system does not take all of a text: it keeps the rest and writes it in order.
 *
 * @param fileDescriptor 1, save in tests.
 */
export function standardOutput(fileDescriptor = 1): (text: string) => void {
  let isStreamed = false;
  return (text) => {
    const bytes = Buffer.from(text);
    const written = isStreamed ? 0 : writtenAtOnce(fileDescriptor, bytes);
    isStreamed ||= written < bytes.length;
    if (isStreamed) process.stdout.write(bytes.subarray(written));
  };
}

/** How many of the bytes the system takes at once: not all where a pipe does not block, and is full. */
function writtenAtOnce(fileDescriptor: number, bytes: Uint8Array): number {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(fileDescriptor, bytes, written);
  } catch {
    // The caller writes the rest.
  }
  return written;
}
