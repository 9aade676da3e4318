// Rows of a table that are about no record. They are recognised by marks that no record has: what is left out by mistake is lost.

/** A cell that marks an example: `Example: Chris Green` (Microsoft Entra), `示例：张三`, `（示例）`. */
const exampleMark =
  /^(?:example|e\.g\.|示例|样例|范例|例如|填写示例|填写范例)\s*[:：]|[(（](?:示例|样例|范例|example)[)）]|^(?:示例|样例|填写示例)$/i;
/** A text that explains how to fill in the template. */
const instructionMark = /^(?:填写说明|填写须知|填表说明|填写要求|注意事项|instructions?)\s*(?:[:：]|$)/i;
/** A cell that says whether a column has to be filled in. */
const demandMark =
  /^[(（【[]?(?:非必填|必填|选填|必选|可选|required|optional)(?:$|[^\p{L}\p{N}@._-]|项|字段)/iu;

/** Whether the row of a template, below its header, is an example or instructions. */
export function isInstruction(cells: readonly string[]): boolean {
  const texts = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const [first = ""] = texts;
  if (exampleMark.test(first) || instructionMark.test(first)) return true;
  const demands = texts.filter((text) => demandMark.test(text)).length;
  return demands > 1 && demands * 2 >= texts.length;
}

const totalWord = /^(?:合计|总计|共计|小计|总人数|合计人数|(?:grand |sub)?total)\s*[:：]?$/i;
const totalWithCount =
  /^(?:合计|总计|共计|小计|总人数|合计人数|total)\s*(?:[:：]\s*)?\d{1,7}\s*[人名条行]?$/i;
const count = /^\d{1,7}\s*[人名条行]?$/;
/** The first letters of the words above: most records are told apart by theirs. */
const firstLetters = "合总共小tgsTGS";

/** Whether a row is the total of a table: its word, and else nothing but counts. */
export function isTotal(cells: readonly string[]): boolean {
  const at = cells[0] === "" ? cells.findIndex((cell) => cell !== "") : 0;
  const word = cells[at] ?? "";
  if (word === "" || word.length > 24 || !firstLetters.includes(word.charAt(0))) return false;
  const others = cells.slice(at + 1).filter((cell) => cell.trim() !== "");
  if (!others.every((cell) => count.test(cell.trim()))) return false;
  return totalWithCount.test(word.trim()) || (others.length > 0 && totalWord.test(word.trim()));
}

/** Whether a row is the header once more. */
export function isHeaderAgain(cells: readonly string[], columns: readonly string[]): boolean {
  if (cells.length < columns.length || cells[0]?.trim() !== columns[0]) return false;
  return cells.every((cell, index) => cell.trim() === (columns[index] ?? ""));
}
