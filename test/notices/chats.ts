import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

// The group chats of four products on this machine. Each checks who sends as its product does, refuses what is too long, and answers
// in its product's words.

export const chatSecrets = {
  feishu: "invented-secret-of-feishu",
  dingtalk: "SECinvented0secret0of0dingtalk",
  /** Part of an address. */
  key: "00000000-invented-key",
};

export type Product = "feishu" | "dingtalk" | "wecom" | "slack";

/** What a chat answers. */
interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}

export interface Chats {
  readonly url: string;
  /** What the members of each chat read, without markup. */
  readonly shown: Record<Product, string[]>;
  /** How many requests came for each product. */
  readonly asked: Record<Product, number>;
  /** The value of the secret `notices` that leads here. */
  readonly secret: Record<Product, { url: string; secret?: string }>;
  /** What a product answers next to everything, in place of its own answer; `undefined`: the connection breaks. */
  answerNext(product: Product, ...replies: (Reply | undefined)[]): void;
  close(): Promise<void>;
}

const hourMilliseconds = 3_600_000;

/** @param now The chats' clock, in milliseconds since 1970. */
export async function startChats(now: () => number): Promise<Chats> {
  const shown: Chats["shown"] = { feishu: [], dingtalk: [], wecom: [], slack: [] };
  const asked: Chats["asked"] = { feishu: 0, dingtalk: 0, wecom: 0, slack: 0 };
  const next = new Map<Product, (Reply | undefined)[]>();

  const products: Record<Product, (url: URL, body: string) => Reply> = {
    feishu(url, body) {
      const said = JSON.parse(body);
      const refused = (code: number, msg: string): Reply => ({ body: { code, data: {}, msg } });
      if (Buffer.byteLength(body) > 20_000) return refused(9499, "Bad Request");
      if (url.pathname !== `/open-apis/bot/v2/hook/${chatSecrets.key}`) {
        return refused(19001, "param invalid: incoming webhook access token invalid");
      }
      const isNow = Math.abs(now() - Number(said.timestamp) * 1000) < hourMilliseconds;
      const expected = createHmac("sha256", `${said.timestamp}\n${chatSecrets.feishu}`).update("");
      if (!isNow || typeof said.timestamp !== "string" || said.sign !== expected.digest("base64")) {
        return refused(19021, "sign match fail or timestamp is not within one hour from current time");
      }
      if (said.msg_type !== "interactive") return refused(9499, "Bad Request");
      const { header, elements } = said.card;
      const parts = [header.title, ...elements.map((element: { text: object }) => element.text)];
      if (parts.some(({ tag }) => tag !== "plain_text")) return refused(9499, "Bad Request");
      shown.feishu.push(parts.map(({ content }) => content).join("\n"));
      return { body: { StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" } };
    },
    dingtalk({ searchParams }, body) {
      const refused = (errcode: number, errmsg: string): Reply => ({ body: { errcode, errmsg } });
      if (Buffer.byteLength(body) > 20_000) return refused(460101, "message too long, exceed 20000 bytes");
      if (searchParams.get("access_token") !== chatSecrets.key) return refused(300005, "token is not exist");
      const timestamp = searchParams.get("timestamp") ?? "";
      if (Math.abs(now() - Number(timestamp)) > hourMilliseconds) return refused(310000, "invalid timestamp");
      const expected = createHmac("sha256", chatSecrets.dingtalk).update(
        `${timestamp}\n${chatSecrets.dingtalk}`,
      );
      if (searchParams.get("sign") !== expected.digest("base64")) return refused(310000, "sign not match");
      const said = JSON.parse(body);
      if (said.msgtype !== "text") return refused(40035, "invalid msgtype");
      shown.dingtalk.push(said.text.content);
      return { body: { errcode: 0, errmsg: "ok" } };
    },
    wecom({ searchParams }, body) {
      const refused = (errcode: number, errmsg: string): Reply => ({ body: { errcode, errmsg } });
      if (searchParams.get("key") !== chatSecrets.key) return refused(93000, "invalid webhook url");
      const { content } = JSON.parse(body).markdown;
      if (Buffer.byteLength(content) > 4096) {
        return refused(40058, "markdown.content exceed max length 4096");
      }
      // It reads tags: none may be in what we send.
      shown.wecom.push(content.replaceAll(/<[^>]*>/g, "").replaceAll(/\*\*|`/g, ""));
      return { body: { errcode: 0, errmsg: "ok" } };
    },
    slack({ pathname }, body) {
      if (pathname !== `/services/T000/B000/${chatSecrets.key}`) return { status: 404, body: "no_service" };
      const said = JSON.parse(body);
      if (typeof said.text !== "string" || said.text.length > 4000)
        return { status: 400, body: "invalid_payload" };
      const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
      const read = said.text.replaceAll(/<[^>]*>/g, "").replaceAll(/^\*|\*$|`/gm, "");
      shown.slack.push(read.replaceAll(/&\w+;/g, (entity: string) => entities[entity] ?? entity));
      return { body: "ok" };
    },
  };

  function productOf({ pathname }: URL): Product | undefined {
    if (pathname.startsWith("/open-apis/bot/v2/hook/")) return "feishu";
    if (pathname === "/robot/send") return "dingtalk";
    if (pathname === "/cgi-bin/webhook/send") return "wecom";
    if (pathname.startsWith("/services/")) return "slack";
    return undefined;
  }

  async function replyTo(request: IncomingMessage): Promise<Reply | undefined> {
    const body = await text(request);
    const url = new URL(request.url ?? "", "http://chats");
    const product = productOf(url);
    if (product === undefined) return { status: 404, body: "<title>not found</title>" };
    asked[product] += 1;
    const replies = next.get(product);
    if (replies && replies.length > 0) return replies.shift();
    if (request.method !== "POST" || !request.headers["content-type"]?.startsWith("application/json")) {
      return { status: 400, body: "" };
    }
    return products[product](url, body);
  }

  const server = createServer((request, response) => {
    void replyTo(request).then((reply) => {
      if (!reply) return request.socket.destroy();
      const isText = typeof reply.body === "string";
      response.writeHead(reply.status ?? 200, {
        "content-type": isText ? "text/html" : "application/json",
        ...reply.headers,
      });
      return response.end(isText ? reply.body : JSON.stringify(reply.body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { key, feishu, dingtalk } = chatSecrets;
  return {
    url,
    shown,
    asked,
    secret: {
      feishu: { url: `${url}/open-apis/bot/v2/hook/${key}`, secret: feishu },
      dingtalk: { url: `${url}/robot/send?access_token=${key}`, secret: dingtalk },
      wecom: { url: `${url}/cgi-bin/webhook/send?key=${key}` },
      slack: { url: `${url}/services/T000/B000/${key}` },
    },
    answerNext: (product, ...replies) => void next.set(product, replies),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
