/* Every text the pages show that is not data, in both languages. */

const TEXTS = {
  product: ["网格", "Wangge"],
  map: ["地图", "Map"],
  lookup: ["查询", "Look up"],
  review: ["数据", "Data"],
  as_of: ["日期", "Day"],
  box_label: ["地址或坐标", "Address or point"],
  ask: ["查询", "Look up"],
  hint: ["例如：某小区3号楼2单元501室，或 108.70, 34.33；也可点击地图。按 / 回到此处。",
    "An address, or a point such as 108.70, 34.33; or click the map. Press / to come back here."],
  loading: ["正在查询…", "Looking up…"],
  no_answer: ["查询失败：{0}", "The look-up failed: {0}"],
  no_server: ["无法连接服务器，请检查网络或稍后重试。", "The server cannot be reached; check the network or try again."],
  again: ["重试", "Try again"],
  sure: ["把握 {0}", "{0} sure"],
  why: ["依据", "Why"],
  choose: ["请选择（按数字键）", "Choose (number keys)"],
  more: ["另有 {0} 个，请补充楼号", "and {0} more; add the number of the building"],
  in_grid: ["{0} 个候选均在此网格", "all {0} candidates lie in this grid"],
  not_found: ["未找到此地址", "This address was not found"],
  not_found_help: ["请核对小区名称与楼号，或从提示中选择。", "Check the name of the complex and the number of the building, or choose a suggestion."],
  several: ["有 {0} 栋楼符合", "{0} buildings fit"],
  unplanned: ["此处当日没有已发布的网格", "No published grid here on that day"],
  outside: ["不在任何社区范围内", "Outside every community"],
  community: ["社区", "Community"],
  code: ["编码", "Code"],
  kind: ["类型", "Kind"],
  plan: ["方案", "Plan"],
  plan_of: ["第 {0} 版，自 {1} 起生效{2}", "version {0}, in force from {1}{2}"],
  until: ["，至 {0} 前", " until {0}"],
  base: ["基础网格", "base grid"],
  exclusive: ["专属网格", "exclusive grid"],
  micro: ["微网格", "micro grid"],
  unit: ["{0}单元", ", unit {0}"],
  room: ["{0}室", ", room {0}"],
  point: ["坐标", "Point"],
  no_shapes: ["地图轮廓载入失败", "The outlines could not be loaded"],
  gate_title: ["地址核对", "Addresses in doubt"],
  gate_text: ["住户地址属于敏感信息，需要管理口令才能查看；每次查看都会记录在案。",
    "Addresses of households are sensitive: the operator's token is needed, and every read is kept on record."],
  token: ["管理口令", "Operator's token"],
  enter: ["进入", "Enter"],
  waiting: ["待核对 {0} 条", "{0} waiting"],
  all_done: ["没有待核对的地址", "Nothing waits for review"],
  all_done_help: ["导入新的名单并运行 wangge match 后，有疑问的地址会出现在这里。",
    "After the next import and wangge match, addresses in doubt appear here."],
  case_of: ["第 {0} / {1} 条", "{0} of {1}"],
  candidates: ["候选（按 1–5 选择）", "Candidates (keys 1–5)"],
  no_candidates: ["没有候选楼栋，请在下方查找。", "No candidates; search below."],
  none_of_ours: ["不属于本地（按 0）", "None of ours (key 0)"],
  skip: ["下一条（→）", "Next (→)"],
  back: ["上一条（←）", "Back (←)"],
  correct: ["更正为其他楼栋", "Another building"],
  correct_hint: ["输入小区与楼号，从提示中选择", "Type complex and number, then choose"],
  alias: ["登记为小区别名", "Another name of a complex"],
  alias_hint: ["地址中的叫法", "The name as written in the address"],
  alias_of: ["对应小区", "Complex it means"],
  save: ["保存", "Save"],
  saved: ["已保存：{0}", "Saved: {0}"],
  confirmed: ["已确认", "confirmed"],
  corrected: ["已更正", "corrected"],
  set_aside: ["已搁置", "set aside"],
  choose_complex: ["请从提示中选择小区", "Choose a complex from the suggestions"],
  reason: ["原因", "Reason"],
  registered: ["户籍", "registered"],
  owner: ["产权", "owner"],
  resident: ["常住", "resident"],
  floating: ["流动", "floating"],
  unstated: ["类别不详", "kind unstated"],
};

export const lang = new URLSearchParams(location.search).get("lang") === "en" ||
  (!new URLSearchParams(location.search).has("lang") && document.documentElement.lang === "en") ? "en" : "zh";

export function say(key, ...values) {
  const text = (TEXTS[key] || [key, key])[lang === "zh" ? 0 : 1];
  return text.replace(/\{(\d)\}/g, (_, i) => String(values[i] ?? ""));
}

/** Put the page's own texts in the language asked for. */
export function translate() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = say(node.dataset.t);
  if (lang === "en") for (const link of document.querySelectorAll("nav a")) link.search = "?lang=en";
}
