import type { ReasonGroup } from "./reason.ts";

export const imports: ReasonGroup = {
  title: { en: "Imports from the command line", zh: "命令行导入" },
  about: {
    en: "What npm run import says of a file, of a preview that is carried out, and of an import that is taken back.",
    zh: "npm run import 对文件、被执行的预览以及被撤销的导入给出的说明。",
  },
  reasons: {
    "file-missing": {
      en: "There is no file of that name on this computer, so nothing was imported.",
      enNext: "Name a file that you can read.",
      zh: "本机没有这个文件，因此没有导入。",
      zhNext: "请指定一个可读取的文件。",
    },
    "file-changed": {
      en: "The file was changed while it was imported; the rows that were decided before stay so.",
      enNext: "Start again with the file as it is now.",
      zh: "文件在导入过程中被修改；此前已处理的行保持不变。",
      zhNext: "请用当前的文件重新开始。",
    },
    "file-changed-since-preview": {
      en: "The file is not the one that was previewed, so the preview was not carried out.",
      enNext: "Preview the file again.",
      zh: "文件与预览时不同，因此没有执行该预览。",
      zhNext: "请重新预览该文件。",
    },
    "access-key-missing": {
      en: "No access key of Authing is given, so nothing was done: a file is never imported into a user pool that the command does not name.",
      enNext:
        "Set AUTHING_ACCESS_KEY_ID and AUTHING_ACCESS_KEY_SECRET, or name a deployed stage with --key-of; --sandbox imports into the sandbox of npm start.",
      zh: "没有提供 Authing 的访问密钥，因此什么都没有做：绝不会把文件导入到未指明的用户池。",
      zhNext:
        "请设置 AUTHING_ACCESS_KEY_ID 和 AUTHING_ACCESS_KEY_SECRET，或用 --key-of 指定已部署的环境；--sandbox 会导入到 npm start 的沙箱。",
    },
    "preview-unknown": {
      en: "There is no preview of this id here, or its results are deleted by now, so nothing was carried out.",
      enNext: "Preview the file again, and use the id that is told.",
      zh: "此处没有该 ID 的预览，或其结果已被删除，因此没有执行。",
      zhNext: "请重新预览文件，并使用显示的 ID。",
    },
    "settings-changed-since-preview": {
      en: "Settings of inbound.config.ts have changed since the preview, so the import would do something else than it foretold; nothing was carried out.",
      enNext: "Preview the file again, and apply the new preview.",
      zh: "预览之后 inbound.config.ts 的设置有变化，导入结果会与预览不同，因此没有执行。",
      zhNext: "请重新预览文件，然后执行新的预览。",
    },
    "import-unknown": {
      en: "No import of this id has ended here, or its results are deleted by now, so nothing was taken back.",
      enNext: "Use the id of the import, not of its preview: summary.json has it.",
      zh: "此处没有该 ID 的已结束导入，或其结果已被删除，因此没有撤销任何内容。",
      zhNext: "请使用导入的 ID，而不是其预览的 ID：summary.json 中有该 ID。",
    },
    "account-existed": {
      en: "The account existed before the import, so it stays as it is, with what the import changed.",
      zh: "该账号在导入之前已存在，因此保持原样，导入所做的修改也保留。",
    },
    "secret-stays": {
      en: "The TOTP secret was imported into an account that existed before; Authing documents no call that takes it back, so it stays.",
      enNext: "Where it must go, reset the person's second factor in Authing's console.",
      zh: "该 TOTP 密钥导入到了原本已存在的账号中；Authing 没有提供收回它的接口，因此保留。",
      zhNext: "如需去除，请在 Authing 控制台中重置该人员的二次验证。",
    },
    "account-gone": {
      en: "The account that the import had made is not at Authing any more, so nothing is left to take back.",
      zh: "导入所创建的账号已不在 Authing 中，因此无需再撤销。",
    },
    "account-closed": {
      en: "The account that the import had made is closed already.",
      zh: "导入所创建的账号已经关闭。",
    },
    "brought-by-another": {
      en: "Something else had brought the person first, so the account is not this import's to close.",
      zh: "该人员最初由其他来源带入，因此不能由本次导入关闭其账号。",
    },
    "changed-by-source": {
      en: "A source has spoken of the person since the import, so the account stays.",
      enNext: "Where the person has to go, let the source report it.",
      zh: "导入之后有来源提到了该人员，因此保留账号。",
      zhNext: "如果该人员应当离开，请由来源上报。",
    },
    "changed-by-import": {
      en: "A later import has changed the account, so it stays.",
      enNext: "Take the later import back first, or close the account at Authing.",
      zh: "之后的另一次导入修改了该账号，因此保留。",
      zhNext: "请先撤销之后的导入，或在 Authing 中关闭该账号。",
    },
    "changed-at-authing": {
      en: "The account was changed at Authing since the import, by hand or by another system, so it stays.",
      enNext: "Look at the account in Authing's console, and close it there where it has to go.",
      zh: "导入之后该账号在 Authing 中被人工或其他系统修改过，因此保留。",
      zhNext: "请在 Authing 控制台查看该账号，如需去除请在那里关闭。",
    },
    "signed-in-since": {
      en: "The person has signed in since the import, so the account is in use and stays.",
      enNext: "Close it in Authing's console where it has to go all the same.",
      zh: "导入之后该人员登录过，账号正在使用，因此保留。",
      zhNext: "如仍需去除，请在 Authing 控制台中关闭。",
    },
  },
};
