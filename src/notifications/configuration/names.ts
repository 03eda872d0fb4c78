/**
 * Whether a text is a run of XSD's `\w`: no punctuation, no separators, no control or unassigned characters
 * ([XMLSCHEMA2] F). The underscore, which XSD counts as punctuation, is accepted: who writes `\w` means it.
 */
function isWord(text: string): boolean {
  return text !== "" && !/[\p{Z}\p{C}]|(?!_)\p{P}/u.test(text);
}

/** A name of ASCII letters, as all are in practice: Unicode's classes would take 8 % of the time of 1,000 settings. */
const PLAIN_NAME = /^\\\w+(?:\.\w+)*:\w+$/;

/** Names of a Schema element: `\\\w+(\.\w+)*\:\w+` ([MS-PAN] 2.2.8.1). */
export function isSettingName(name: string): boolean {
  if (PLAIN_NAME.test(name)) return true;
  const [path = "", value = "", ...more] = name.split(":");
  return more.length === 0 && isPath(path) && isWord(value);
}

/** Names of a ReducedSchema element: `\\(\w+(\.\w+)*(\:\w+)?)?` ([MS-PAN] 2.2.8.1). */
export function isReducedName(name: string): boolean {
  return name === "\\" || isPath(name) || isSettingName(name);
}

function isPath(path: string): boolean {
  return path.startsWith("\\") && path.slice(1).split(".").every(isWord);
}
