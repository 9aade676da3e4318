import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { readXml } from "#lib/payloads/xml.ts";

const read = (text: string) => readXml(Buffer.from(text));

/** The reason why a document is refused; what it holds when it is not. */
function refusal(text: string | Uint8Array): unknown {
  try {
    return readXml(Buffer.from(text));
  } catch (error) {
    if (error instanceof InboundError && error.code === "malformed") return error.reason;
    throw error;
  }
}

describe("reading XML", () => {
  it("finds text, CDATA, empty elements, nested ones and lists", () => {
    const document = `\u{feff}<?xml version="1.0" encoding="UTF-8"?>
      <xml>
        <Name><![CDATA[张三 <Zoë> & ]]>Müller</Name><Telephone/><Alias></Alias >
        <Position>R&amp;D &lt;lead&gt; &quot;&apos;</Position>
        <ExtAttr><Item><Name>a</Name></Item><Item><Name>b</Name></Item></ExtAttr>
        <constructor>1</constructor>
      </xml>\n`;
    expect(read(document)).toEqual({
      Name: "张三 <Zoë> & Müller",
      Telephone: "",
      Alias: "",
      Position: `R&D <lead> "'`,
      ExtAttr: { Item: [{ Name: "a" }, { Name: "b" }] },
      constructor: "1",
    });
  });

  it("refuses document types, entities and everything else that a machine does not write", () => {
    const documents = [
      "<!DOCTYPE xml><xml><a>1</a></xml>",
      '<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>',
      '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><a>1</a></xml>',
      "<xml><a>&a;</a></xml>",
      "<xml><a>&#65;</a></xml>",
      "<xml><a>&</a></xml>",
      "<xml><!-- a --><a>1</a></xml>",
      '<xml a="1"><a>1</a></xml>',
      "<xml><?php ?><a>1</a></xml>",
      "<xml><a>1</a>text</xml>",
      "<xml><a>1</b></xml>",
      "<xml><a>1</a></xml/>",
      "<xml><a>1</xml></a>",
      "<xml><a>1</a>",
      "<xml><a>1</a></xml></xml>",
      "<xml><a>1</a></xml><xml><a>2</a></xml>",
      "<xml><a>1</a></xml><more/>",
      "text<xml><a>1</a></xml>",
      "<xml><a>1</a></xml>text",
      "<xml><![CDATA[a]]</xml>",
      "<xml><__proto__>1</__proto__></xml>",
      "<xml>text</xml>",
      "<xml/>",
      "<",
      "",
    ];
    expect(documents.filter((document) => refusal(document) !== "body-not-xml")).toEqual([]);
    expect(refusal(Buffer.from([0x3c, 0xff]))).toBe("body-not-utf-8");
  });

  it("refuses a document that is too deep or too large before it parses it", () => {
    const deep = (depth: number) => `${"<a>".repeat(depth)}${"</a>".repeat(depth)}`;
    expect(refusal(deep(16))).not.toBe("body-too-deep");
    expect(refusal(deep(17))).toBe("body-too-deep");
    expect(refusal(deep(100_000))).toBe("body-too-deep");
    expect(refusal(`<xml>${"<a/>".repeat(2000)}</xml>`)).toBe("body-too-large");
    expect(refusal(`<xml><a>${"<![CDATA[a]]>".repeat(10_000)}</a></xml>`)).toEqual({ a: "a".repeat(10_000) });
  });
});
