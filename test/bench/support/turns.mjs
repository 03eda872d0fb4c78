// Small operations: the subject and its reference each in a process of its own, measured in turns, medians compared.
import { Child } from "./child.mjs";
import { median } from "./figures.mjs";

const ROUNDS = 9;

/** `subject` and `reference`: name and arguments of tasks of a file in `rows`. Gives microseconds an operation of each. */
export async function inTurns(file, subject, reference) {
  const children = [subject, reference].map(([task, ...args]) => new Child("programs/task.mjs", file, task, ...args));
  const rounds = [];
  for (let i = 0; i < ROUNDS; i++)
    rounds.push([await children[0].request("round"), await children[1].request("round")]);
  for (const child of children) child.end();
  return {
    micros: median(rounds.map(([micros]) => micros)),
    referenceMicros: median(rounds.map(([, micros]) => micros)),
  };
}
