// Documents that are made to cost as much as they can: milliseconds of the processor for each MiB, decoded and shown as JSON and as
// text, by a process that has just started; beside the most that any may cost.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SHAPES } from "../../notifications/worst-shapes.mjs";
import { figure, median } from "../support/figures.mjs";

const PROGRAM = fileURLToPath(new URL("../../notifications/worst-shapes.mjs", import.meta.url));
const MOST_MS_PER_MIB = 250;
const ROUNDS = 3;

export async function* rows(wanted) {
  for (const shape of Object.keys(SHAPES)) {
    const name = `worst.${shape.replaceAll(" ", "-")}`;
    if (!wanted(name)) continue;
    const runs = [];
    for (let i = 0; i < ROUNDS; i++) {
      const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", PROGRAM, shape]);
      runs.push(JSON.parse(stdout));
    }
    const bytesPerByte = Math.max(...runs.map((run) => run.bytesPerByte));
    const value = median(runs.map(({ msPerMiB }) => msPerMiB));
    yield figure(name, "ms/MiB", value, MOST_MS_PER_MIB, { bytesPerByte });
  }
}
