import { listRefused, runDoctor } from "./commands.ts";
import type { ReasonGroup } from "./reason.ts";

export const proofs: ReasonGroup = {
  title: { en: "Deliveries that are refused", zh: "被拒绝的请求" },
  about: {
    en: "A delivery that does not prove its sender is answered with 401, and nothing of it is stored.",
    zh: "无法证明发送方身份的请求得到 401，其内容不会被保存。",
  },
  reasons: {
    "proof-missing": {
      en: "The request carries no proof of its sender, so it was refused with 401 and changes nothing.",
      enNext:
        "Compare the authentication that the sender's webhook page is set to with the README of the source.",
      zh: "请求没有携带发送方的身份证明，因此以 401 拒绝，没有改变任何账号。",
      zhNext: "请对照该来源的 README，检查发送方 webhook 页面上的鉴权设置。",
      run: listRefused,
    },
    "proof-malformed": {
      en: "The request carries a proof that does not have the form of this source, so it was refused with 401 and changes nothing.",
      enNext:
        "Check that no proxy changes the body or the headers, and that the webhook has the type that the README of the source names.",
      zh: "请求携带的身份证明不符合该来源的格式，因此以 401 拒绝，没有改变任何账号。",
      zhNext: "请确认没有代理改写请求体或请求头，并且 webhook 的类型与该来源 README 所写的一致。",
      run: listRefused,
    },
    "proof-mismatch": {
      en: "The signature does not fit the secret that is stored here, so the request was refused with 401: either the secrets differ, or the request is not from the sender.",
      enNext:
        "Compare the secret of the source with the one on the sender's screen; if they are the same, a proxy changes the body, or the request is forged.",
      zh: "签名与这里保存的密钥不符，因此以 401 拒绝：要么两边的密钥不同，要么请求不是发送方发出的。",
      zhNext:
        "请比对该来源的密钥与发送方页面上的密钥；如果两者相同，说明有代理改写了请求体，或者请求是伪造的。",
      run: [...listRefused, ...runDoctor],
    },
    "timestamp-missing": {
      en: "The proof covers a time, and the request carries none, so it was refused with 401.",
      enNext: "Check that no proxy removes headers of the request.",
      zh: "身份证明必须包含时间，而请求没有携带时间，因此以 401 拒绝。",
      zhNext: "请确认没有代理删除请求头。",
      run: listRefused,
    },
    "timestamp-malformed": {
      en: "The time in the proof cannot be read, so the request was refused with 401.",
      enNext:
        "Check that no proxy changes the headers, and that the webhook has the type that the README of the source names.",
      zh: "身份证明中的时间无法识别，因此以 401 拒绝。",
      zhNext: "请确认没有代理改写请求头，并且 webhook 的类型与该来源 README 所写的一致。",
      run: listRefused,
    },
    "timestamp-stale": {
      en: "The request was signed too long ago, or its token has expired, so it was refused with 401: a recorded request must not work a second time.",
      enNext:
        "If it happens to all requests, the sender's clock is slow or a proxy keeps requests back; otherwise let the sender send the event again.",
      zh: "请求的签名时间过早，或令牌已经过期，因此以 401 拒绝：录下来的请求不能再次生效。",
      zhNext: "如果所有请求都这样，说明发送方的时钟偏慢，或有代理积压了请求；否则请让发送方重新发送该事件。",
      run: listRefused,
    },
    "timestamp-early": {
      en: "The request says that it was signed in the future, so it was refused with 401.",
      enNext: "Let the sender correct its clock.",
      zh: "请求声称的签名时间在未来，因此以 401 拒绝。",
      zhNext: "请让发送方校准时钟。",
      run: listRefused,
    },
    "algorithm-refused": {
      en: "The token is signed with an algorithm that this source does not allow, so the request was refused with 401.",
      enNext: "Set the sender to an algorithm that the README of the source names.",
      zh: "令牌使用了该来源不允许的签名算法，因此以 401 拒绝。",
      zhNext: "请在发送方选用该来源 README 列出的算法。",
      run: listRefused,
    },
    "key-unknown": {
      en: "The token is signed with a key that is not among the sender's public keys, so the request was refused with 401.",
      enNext:
        "Check that the address of the public keys, or the keys in the source's secret, are those of this sender.",
      zh: "签署令牌的密钥不在发送方的公钥之中，因此以 401 拒绝。",
      zhNext: "请检查该来源密钥中的公钥地址或公钥是否属于这个发送方。",
      run: listRefused,
    },
    "issuer-mismatch": {
      en: "The token names another issuer than the source's secret, so the request was refused with 401.",
      enNext: "Compare the issuer in the source's secret with the one on the sender's screen.",
      zh: "令牌中的签发者与该来源密钥中的不同，因此以 401 拒绝。",
      zhNext: "请比对该来源密钥中的签发者与发送方页面上的签发者。",
      run: listRefused,
    },
    "audience-mismatch": {
      en: "The token was made for another receiver, so the request was refused with 401.",
      enNext: "Compare the audience in the source's secret with the one on the sender's screen.",
      zh: "令牌是为另一个接收方签发的，因此以 401 拒绝。",
      zhNext: "请比对该来源密钥中的受众（audience）与发送方页面上的设置。",
      run: listRefused,
    },
    "secret-empty": {
      en: "The secret of the source holds no value that could prove a request, so every request of this source is refused.",
      enNext:
        "Put the sender's signing secret into Secrets Manager; doctor prints the command and the fields.",
      zh: "该来源的密钥中没有可用于验证请求的值，因此它的所有请求都会被拒绝。",
      zhNext: "请把发送方的签名密钥写入 Secrets Manager；doctor 会打印所需的命令和字段。",
      run: runDoctor,
    },
    "route-unknown": {
      en: "The request came to a path that is no webhook and looks like one, so it was answered with 401 and nothing of it was kept.",
      enNext: "Correct the URL at the vendor: the stack's output <Source>WebhookUrl holds it.",
      zh: "请求发到了一个不存在但与某个 webhook 相似的路径，因此以 401 回答，其内容没有保存。",
      zhNext: "请在发送方页面更正 URL：堆栈输出 <Source>WebhookUrl 中有正确的地址。",
      run: runDoctor,
    },
    "method-unknown": {
      en: "The request is neither a POST nor a GET, as those of senders are, so it was answered with 401 and nothing of it was kept.",
      enNext:
        "If it is the vendor's, set the method POST on the vendor's screen; strangers try other methods, and there is nothing to do.",
      zh: "请求既不是 POST 也不是 GET，而发送方只使用这两种方法，因此以 401 回答，其内容没有保存。",
      zhNext: "如果是厂商发出的，请在厂商页面把方法设为 POST；陌生人会尝试其他方法，这种情况无需处理。",
      run: listRefused,
    },
    "trigger-late": {
      en: "AWS waits for a person's sign-up to end, and its event could not be queued in time: the sign-up went on, and the person may have no account at Authing.",
      enNext:
        "Look the person up; if there is no account, upload the person as a file, since AWS does not say it again.",
      zh: "AWS 正在等待某人完成注册，而事件未能及时入队：注册已继续，但此人在 Authing 中可能没有账号。",
      zhNext: "请查询此人；如果没有账号，请以文件形式上传，因为 AWS 不会再次告知。",
    },
    "body-too-large": {
      en: "The body is larger than the receiver takes, so nothing of it becomes an event: a request above 1 MiB, or above what the source's definition says, is answered with 413, and XML with too many elements is dead.",
      enNext:
        "Let the sender send fewer people in one request; a whole company goes into a file in the bucket.",
      zh: "请求体超过了接收上限，其中的内容没有成为事件：超过 1 MiB（或来源定义的上限）的请求得到 413，元素过多的 XML 成为死信。",
      zhNext: "请让发送方在一个请求中少放一些人员；整个公司的人员请以文件形式上传到存储桶。",
      run: listRefused,
    },
    "signed-part-missing": {
      en: "A test or a sample cannot be signed, because the request lacks a part that the signature covers; no delivery is affected.",
      enNext: "Add the part to the fixture of the source.",
      zh: "测试或样例无法签名，因为请求缺少签名所覆盖的部分；真实的请求不受影响。",
      zhNext: "请在该来源的样例（fixture）中补上这一部分。",
    },
    "signer-missing": {
      en: "A test or a sample cannot be signed, because only the sender has the private key; no delivery is affected.",
      enNext: "Put an invented private key into fixtures/signer.json of the source.",
      zh: "测试或样例无法签名，因为私钥只有发送方才有；真实的请求不受影响。",
      zhNext: "请把一个虚构的私钥放入该来源的 fixtures/signer.json。",
    },
    "jwks-unreachable": {
      en: "The sender's public keys cannot be read now, so requests are answered with 503, and the sender repeats them.",
      enNext: "If it lasts, open the address of the keys in the source's secret from outside your network.",
      zh: "目前无法读取发送方的公钥，因此请求得到 503，发送方会重新发送。",
      zhNext: "如果一直如此，请从外部网络访问该来源密钥中的公钥地址。",
      run: runDoctor,
    },
    "jwks-malformed": {
      en: "The public keys in the source's secret are no JSON Web Key Set, so its requests are answered with 503 until that is corrected.",
      enNext: 'Write {"keys": […]} with the sender\'s public keys into the secret.',
      zh: "该来源密钥中的公钥不是 JSON Web Key Set，在更正之前它的请求都会得到 503。",
      zhNext: '请把发送方的公钥以 {"keys": […]} 的形式写入密钥。',
      run: runDoctor,
    },
    "jwks-address-wrong": {
      en: "The address of the sender's public keys is not https, or holds a password, so requests are answered with 503 until that is corrected.",
      enNext: "Write the address into the source's secret as https://host/path.",
      zh: "发送方公钥的地址不是 https，或者包含口令，在更正之前请求都会得到 503。",
      zhNext: "请在该来源的密钥中把地址写成 https://host/path。",
      run: runDoctor,
    },
  },
};
