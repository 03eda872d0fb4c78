import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fetchFiles, type RunCommands } from "../../../src/cli/resources/fetch.js";

/** What stands on a share: contents by path, and how many bytes of each arrive. */
type Stored = Readonly<Record<string, { readonly text: string; readonly arrives?: number; readonly at?: string }>>;

let folder: string;
let asked: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "panwatch-fetch-"));
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Says what Samba's smbclient says, and writes what it is told to get. */
function share(stored: Stored): RunCommands {
  return (commands) => {
    asked.push(...commands);
    return Promise.resolve(commands.map((command) => answer(stored, command)).join(""));
  };
}

function answer(stored: Stored, command: string): string {
  const [, verb, path = "", local = ""] = /^(ls|get) "(.*?)"(?: "(.*)")?$/.exec(command) ?? [];
  const file = stored[path];
  if (file === undefined) return `NT_STATUS_NO_SUCH_FILE listing \\${path}\n`;
  if (verb === "get") writeFileSync(local, file.text.slice(0, file.arrives));
  const name = path.split("\\").at(-1) ?? "";
  const entry = `  ${name.padEnd(35)} A ${String(file.text.length).padStart(8)}  Sat Nov 21 ${file.at ?? "15:00:00"} 2026\n`;
  return verb === "get" ? "" : `${entry}\n\t\t264212084 blocks of size 1024. 80556536 blocks available\n`;
}

const DE = { path: "x64\\3\\de-DE\\IHV.dll.mui", target: "de-DE/IHV.dll.mui" };
const NONE = { path: "x64\\3\\none.dll", target: "none.dll" };
const EN = { path: "x64\\3\\en-US\\IHV.dll.mui", target: "en-US/IHV.dll.mui" };

it("tells files of one name in several folders apart, and what is missing between them", async () => {
  const run = share({ [DE.path]: { text: "Papierstau" }, [EN.path]: { text: "Jam" } });
  const fetched = await fetchFiles([DE, NONE, EN], folder, run);
  expect(fetched.map(({ state, size }) => [state, size])).toEqual([
    ["fetched", 10],
    ["missing", null],
    ["fetched", 3],
  ]);
  expect(readFileSync(join(folder, DE.target), "utf8")).toBe("Papierstau");
  expect(readFileSync(join(folder, EN.target), "utf8")).toBe("Jam");
});

it("leaves the file that was there when the new one does not come whole, and gets it the next time", async () => {
  expect(await fetchFiles([EN], folder, share({ [EN.path]: { text: "old" } }))).toMatchObject([{ state: "fetched" }]);
  const cut = share({ [EN.path]: { text: "longer", arrives: 4 } });
  expect(await fetchFiles([EN], folder, cut)).toMatchObject([{ state: "failed", size: 6 }]);
  expect(readFileSync(join(folder, EN.target), "utf8")).toBe("old");
  expect(readdirSync(folder).sort()).toEqual([".panwatch-resources", "en-US"]);
  const whole = share({ [EN.path]: { text: "longer" } });
  expect(await fetchFiles([EN], folder, whole)).toMatchObject([{ state: "fetched" }]);
  asked = [];
  expect(await fetchFiles([EN], folder, whole)).toMatchObject([{ state: "unchanged" }]);
  expect(asked).toEqual(['ls "x64\\3\\en-US\\IHV.dll.mui"']);
});

it("says which folder cannot be written", async () => {
  writeFileSync(join(folder, "file"), "");
  const inside = join(folder, "file", "drivers");
  await expect(fetchFiles([EN], inside, share({}))).rejects.toThrow(
    `The folder ${inside} cannot be written (ENOTDIR).`,
  );
});

it("removes what a run left behind that was killed, and nothing of one that goes on", async () => {
  const left = join(folder, ".panwatch-fetching-old");
  for (const path of [left, join(folder, ".panwatch-fetching-new")]) mkdirSync(path);
  writeFileSync(join(left, "0"), "half");
  const yesterday = Date.now() / 1000 - 25 * 60 * 60;
  utimesSync(left, yesterday, yesterday);
  await fetchFiles([EN], folder, share({ [EN.path]: { text: "Jam" } }));
  expect(readdirSync(folder).sort()).toEqual([".panwatch-fetching-new", ".panwatch-resources", "en-US"]);
});

it("gets a file of the same size again when its time has changed", async () => {
  await fetchFiles([EN], folder, share({ [EN.path]: { text: "Jam" } }));
  const changed = share({ [EN.path]: { text: "Ham", at: "15:00:01" } });
  expect(await fetchFiles([EN], folder, changed)).toMatchObject([{ state: "fetched" }]);
  expect(readFileSync(join(folder, EN.target), "utf8")).toBe("Ham");
});

it.each(["{", "[]", "null", '{"en-US/IHV.dll.mui":null}'])(
  "fetches everything anew when what it remembers is %s",
  async (state) => {
    const run = share({ [EN.path]: { text: "Jam" } });
    await fetchFiles([EN], folder, run);
    writeFileSync(join(folder, ".panwatch-resources"), state);
    expect(await fetchFiles([EN], folder, run)).toMatchObject([{ state: "fetched" }]);
  },
);

it("gets no more than 1 GiB in one run", async () => {
  const names = Array.from({ length: 7 }, (_, i) => ({ path: `${i}.dll`, target: `${i}.dll` }));
  const run: RunCommands = (commands) =>
    Promise.resolve(
      commands
        .map((command) => {
          const name = /"(.*?)"/.exec(command)?.[1] ?? "";
          return `  ${name}  A  209715200  Sat Nov 21 15:00:00 2026\n\t\t1 blocks of size 1024. 1 blocks available\n`;
        })
        .join(""),
    );
  const states = (await fetchFiles(names, folder, run)).map(({ state }) => state);
  expect(states.filter((state) => state === "too large")).toHaveLength(2);
});
