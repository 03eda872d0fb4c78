import { describe, expect, it } from "vitest";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGLISH, GERMAN, image, strings } from "../resources/support/image.js";
import { bitmap, dib32, icon32, iconGroup, quarters } from "../resources/support/pictures.js";
import { Server } from "./support/panwatch.js";

const IHV = image([
  ...strings(ENGLISH, { 1234: "Put %2 into %1.", 5: "Toner low" }),
  ...strings(GERMAN, { 1234: "Legen Sie %2 in %1 ein.", 5: "Wenig Toner" }),
  { type: 14, id: 1, lang: 0, bytes: iconGroup({ side: 16, bits: 32, id: 1 }) },
  { type: 3, id: 1, lang: 0, bytes: icon32(quarters(16)) },
  bitmap(7, dib32(quarters(8))),
]);

describe("texts and pictures of a driver, from serve to watch", () => {
  it("are what the driver's file holds, in the wanted language", async () => {
    const folder = mkdtempSync(join(tmpdir(), "panwatch-driver-"));
    try {
      writeFileSync(join(folder, "IHV.dll"), IHV);
      await using server = await Server.start();
      await using watch = await server.watch("--resources", folder, "--lang", "de", "--images", "always");
      const box = {
        open: "messageBox",
        title: "A4",
        stringId: 1234,
        dll: "IHV.dll",
        params: ["Fach 2", "A4"],
        bitmap: 7,
      };
      await server.tell(box);
      await server.tell({ notify: "balloon", stringId: 5, dll: "ihv.DLL", icon: 1 });
      const png = expect.stringMatching(/^iVBORw0KGgo/) as unknown;
      expect(await watch.line({ type: "notification.messageBox" })).toMatchObject({
        body: "Legen Sie A4 in Fach 2 ein.",
        bitmap: { id: 7, dll: "IHV.dll", png },
      });
      expect(await watch.line({ type: "notification.balloon" })).toMatchObject({
        title: "Wenig Toner",
        icon: { id: 1, dll: "ihv.DLL", png },
      });
      expect(watch.stderr).not.toContain("fetch it");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are asked for once for each file, with the parameters in the text", async () => {
    await using server = await Server.start();
    await using watch = await server.watch();
    for (const stringId of [1234, 1235])
      await server.tell({ open: "messageBox", stringId, dll: "IHV.dll", params: ["Tray 2", "A4"] });
    const [box] = await watch.count("notification.messageBox", 2);
    expect(box).toMatchObject({ title: '[string 1234 in IHV.dll: "Tray 2", "A4"]' });
    watch.kill("SIGTERM");
    expect(await watch.exit()).toBe(143);
    expect(watch.stderr.match(/stands in IHV\.dll/g)).toHaveLength(1);
  });
});
