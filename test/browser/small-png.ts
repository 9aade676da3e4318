import { crc32, deflateSync, inflateSync } from "node:zlib";

// A picture of a page has few colours: with a palette of 256 it takes a third of the bytes. For the PNG that browsers write: 8 bits a
// channel, not interlaced (https://www.w3.org/TR/png-3/).

const signature = Buffer.from("89504e470d0a1a0a", "hex");

/** The same picture with 256 colours at most: the most frequent ones, and for each other one the nearest of these. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = decoded(png);
  const counts = new Map<number, number>();
  const colourAt = (index: number) => pixels.readUIntBE(index * channels, 3);
  for (let index = 0; index < width * height; index += 1) {
    const colour = colourAt(index);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 256)
    .map(([colour]) => colour);
  const numbers = new Map(palette.map((colour, number) => [colour, number]));
  const lines = Buffer.alloc(height * (width + 1));
  for (let index = 0; index < width * height; index += 1) {
    const colour = colourAt(index);
    const number = numbers.get(colour) ?? nearest(colour, palette);
    numbers.set(colour, number);
    lines[index + Math.floor(index / width) + 1] = number;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.alloc(palette.length * 3);
  for (const [number, colour] of palette.entries()) colours.writeUIntBE(colour, number * 3, 3);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function nearest(colour: number, palette: readonly number[]): number {
  const channel = (value: number, shift: number) => (value >> shift) & 255;
  let best = 0;
  let least = Infinity;
  for (const [number, each] of palette.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (channel(colour, shift) - channel(each, shift)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [number, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const framed = Buffer.alloc(8 + named.length);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), 4 + named.length);
  return framed;
}

function decoded(png: Buffer) {
  const packed: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") packed.push(png.subarray(at + 8, at + 8 + length));
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const lines = inflateSync(Buffer.concat(packed));
  const size = width * channels;
  const pixels = Buffer.alloc(height * size);
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (size + 1)];
    for (let x = 0; x < size; x += 1) {
      const at = y * size + x;
      const left = x < channels ? 0 : (pixels[at - channels] ?? 0);
      const above = y === 0 ? 0 : (pixels[at - size] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (pixels[at - size - channels] ?? 0);
      const foretold = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      pixels[at] = (lines[y * (size + 1) + 1 + x] ?? 0) + foretold;
    }
  }
  return { width, height, channels, pixels };
}

function paeth(left: number, above: number, corner: number): number {
  const sum = left + above - corner;
  const [ofLeft, ofAbove, ofCorner] = [left, above, corner].map((each) => Math.abs(sum - each)) as [
    number,
    number,
    number,
  ];
  if (ofLeft <= ofAbove && ofLeft <= ofCorner) return left;
  return ofAbove <= ofCorner ? above : corner;
}
