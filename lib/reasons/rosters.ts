import type { ReasonGroup } from "./reason.ts";

export const rosters: ReasonGroup = {
  title: { en: "Rosters", zh: "人员核对" },
  about: {
    en: "A roster is a complete list of a source's people, from its API or a file. Where it cannot be believed, nothing is concluded from it, and no account is changed.",
    zh: "人员核对使用来源的完整人员列表（来自其 API 或文件）。列表不可信时，不据此得出任何结论，也不改变任何账号。",
  },
  reasons: {
    "roster-empty": {
      en: "The list of people was empty, which looks like a permission that was taken away or a wrong file, so nothing was applied.",
      enNext: "Compare what the source shows to the key in its secret, then start the run again.",
      zh: "人员列表为空，可能是权限被收回或文件有误，因此没有执行任何操作。",
      zhNext: "请检查该来源密钥中的凭据能看到哪些人员，然后重新运行。",
      run: ["npm run reconcile -- {source} --plan{stage}"],
    },
    "roster-incomplete": {
      en: "The source shows that it left people out, or an entry of its list could not be read, so nothing was applied: people would seem to have left.",
      enNext: "Give the key in the source's secret the right to see all people, then start the run again.",
      zh: "来源表明列表缺少部分人员，或其中有条目无法读取，因此没有执行任何操作：否则这些人员会被视为已离职。",
      zhNext: "请授予该来源的凭据查看全部人员的权限，然后重新运行。",
      run: ["npm run reconcile -- {source} --plan{stage}"],
    },
    "roster-total-differs": {
      en: "The list did not have as many people as the source says that it has, so nothing was applied: pages may have been lost.",
      enNext:
        "Start the run again; people who were added or removed while the list was read cause it once, too.",
      zh: "列表中的人数与来源声明的总数不一致，可能丢失了部分页面，因此没有执行任何操作。",
      zhNext: "请重新运行；读取期间有人员增减也会偶尔出现此情况。",
      run: ["npm run reconcile -- {source} --plan{stage}"],
    },
    "roster-running": {
      en: "Another run over the same source is at work, and two runs never overlap, so this one did nothing.",
      enNext: "Wait until the other one has ended.",
      zh: "同一来源已有核对正在运行，两次核对不会重叠，因此本次没有执行任何操作。",
      zhNext: "请等待另一次核对结束。",
    },
    "roster-failed": {
      en: "A step of the run failed again and again for a reason that was not expected, so nothing was applied.",
      enNext: "Look at the log of the function, then start the run again.",
      zh: "核对的某个步骤因意外原因多次失败，因此没有执行任何操作。",
      zhNext: "请查看函数日志，然后重新运行。",
      run: ["npm run reconcile -- {source} --plan{stage}"],
    },
    "roster-unknown": {
      en: "There is no run of this id, or its results are deleted by now, so nothing was done.",
      enNext: "Make a new plan.",
      zh: "没有此编号的核对，或其结果已被删除，因此没有执行任何操作。",
      zhNext: "请重新生成计划。",
      run: ["npm run reconcile -- {source} --plan{stage}"],
    },
    "roster-not-planned": {
      en: "The run is no plan that waits to be applied: it is at work, or it has ended, so nothing was done.",
      enNext: "Make a new plan.",
      zh: "该核对不是等待执行的计划：它正在运行或已结束，因此没有执行任何操作。",
      zhNext: "请重新生成计划。",
      run: ["npm run reconcile -- {source} --plan{stage}"],
    },
    "roster-plan-too-old": {
      en: "The plan was made more than a day ago, and people may have changed since, so it was not applied.",
      enNext: "Make a new plan.",
      zh: "该计划生成已超过一天，人员情况可能已变化，因此没有执行。",
      zhNext: "请重新生成计划。",
      run: ["npm run reconcile -- {source} --plan{stage}"],
    },
    "roster-row-nameless": {
      en: "The file has rows that do not say whose they are, so it cannot say which people are missing in it, and no person has left.",
      enNext: "Fill the id in each row, and upload the file again.",
      zh: "文件中有些行没有标明人员，因此无法判断谁不在其中，不会有人被视为离职。",
      zhNext: "请为每一行填写人员编号，然后重新上传文件。",
    },
    "source-has-only-rosters": {
      en: "The source speaks by its rosters alone, so a delivery or an event of its own is not read.",
      enNext: "Upload the whole staff as a file to incoming/roster/<source>/.",
      zh: "该来源只通过完整人员文件提供数据，因此不读取它的推送或事件。",
      zhNext: "请将全部人员的文件上传到 incoming/roster/<来源>/。",
    },
    "source-without-list": {
      en: "The source has no list of its people, or none that this version reads, so that nothing can be compared.",
      enNext: "Upload the whole staff as a file to incoming/roster/<source>/.",
      zh: "该来源没有人员列表，或当前版本无法读取，因此无法核对。",
      zhNext: "请将全部人员的文件上传到 incoming/roster/<来源>/。",
    },
    "person-incomplete": {
      en: "The list holds too little of a new person to create an account, a way to sign in for example, so the person was left out.",
      enNext: "Fill the missing fields at the source, or give its key the right to see them.",
      zh: "列表中该新人员的信息不足以创建账号（例如缺少登录方式），因此跳过了此人。",
      zhNext: "请在来源中补全字段，或授予其凭据查看这些字段的权限。",
    },
  },
};
