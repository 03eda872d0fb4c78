import { readFile } from "node:fs/promises";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { InOf, OutOf } from "../../src/ndr/method.js";
import type { ContextHandle } from "../../src/ndr/types.js";
import * as idl from "../../src/pan/idl.js";
import { ASYNC_UI, MAX_RESPONSE_SIZE, NOTIFICATION_RELEASE, PRINTER_CONFIGURATION } from "../../src/pan/types.js";

describe("the interfaces of [MS-PAN] 1.9", () => {
  it("have their UUIDs and version 1.0", () => {
    const { IRPCAsyncNotify, IRPCRemoteObject } = idl;
    expect(IRPCAsyncNotify).toMatchObject({ uuid: "0b6edbfa-4a24-4fc6-8a23-942b1eca65d1", major: 1, minor: 0 });
    expect(IRPCRemoteObject).toMatchObject({ uuid: "ae33069b-a2a8-46ee-a235-ddfd339be281", major: 1, minor: 0 });
  });

  it("have the opnums of [MS-PAN] 3.1.1.4 and 3.1.2.4, opnum 2 left out", () => {
    const methods = Object.values(idl).filter((entry) => "opnum" in entry);
    expect(Object.fromEntries(methods.map(({ name, opnum }) => [name, opnum]))).toEqual({
      IRPCRemoteObject_Create: 0,
      IRPCRemoteObject_Delete: 1,
      IRPCAsyncNotify_RegisterClient: 0,
      IRPCAsyncNotify_UnregisterClient: 1,
      IRPCAsyncNotify_GetNewChannel: 3,
      IRPCAsyncNotify_GetNotificationSendResponse: 4,
      IRPCAsyncNotify_GetNotification: 5,
      IRPCAsyncNotify_CloseChannel: 6,
    });
  });
});

describe("method tables", () => {
  it("quote the IDL: each parameter stands in the comment above, in wire order and with its direction", async () => {
    const source = await readFile(new URL("../../src/pan/idl.ts", import.meta.url), "utf8");
    for (const entry of Object.values(idl)) {
      if (!("opnum" in entry)) continue;
      const [, returns, quoted = ""] = new RegExp(`(HRESULT|void) ${entry.name}\\(([^;]*)\\);`).exec(source) ?? [];
      const parameters = quoted.split("\n").flatMap((line) => {
        const [, attributes = "", name = ""] = /\[(.*)\] [\w ]+\W+(\w+)(?:,.*)?$/.exec(line.trim()) ?? [];
        return name === "" || name === "hRemoteBinding" ? [] : [{ name, attributes: attributes.split(/, ?/) }];
      });
      expect("result" in entry.out, entry.name).toBe(returns === "HRESULT");
      const withAttribute = (wanted: string) =>
        parameters.filter(({ attributes }) => attributes.includes(wanted)).map(({ name }) => name);
      expect(Object.keys(entry.in), entry.name).toEqual(withAttribute("in"));
      expect(
        Object.keys(entry.out).filter((name) => name !== "result"),
        entry.name,
      ).toEqual(withAttribute("out"));
    }
  });

  it("give the types of a call's values", () => {
    expectTypeOf<InOf<typeof idl.registerClient>>().toEqualTypeOf<{
      readonly pRegistrationObj: ContextHandle;
      readonly pName: string | null;
      readonly pInNotificationType: string;
      readonly NotifyFilter: number;
      readonly conversationStyle: number;
    }>();
    expectTypeOf<OutOf<typeof idl.getNotification>>().toEqualTypeOf<{
      readonly ppOutNotificationType: string | null;
      readonly pOutSize: number;
      readonly ppOutNotificationData: Uint8Array | null;
      readonly result: number;
    }>();
    expectTypeOf<OutOf<typeof idl.getNewChannel>["ppChannelCtxt"]>().toEqualTypeOf<readonly ContextHandle[] | null>();
    expectTypeOf<OutOf<typeof idl.deleteObject>>().toEqualTypeOf<{ readonly ppRemoteObj: ContextHandle }>();
  });
});

describe("constants of [MS-PAN]", () => {
  it("are those of 2.2.1, with the configuration type as the Windows SDK has it", () => {
    expect(ASYNC_UI).toBe("f6853f92-eb31-4e23-b6e7-fd69056153f0");
    expect(NOTIFICATION_RELEASE).toBe("ba9a5027-a70e-4ae7-9b7d-eb3e06ad4157");
    expect(PRINTER_CONFIGURATION).toBe("2abad223-b994-4aca-82fc-4571b1b585ac");
  });

  it("limit a response to 10 MiB (3.1.1.4.4)", () => {
    expect(MAX_RESPONSE_SIZE).toBe(10 * 1024 * 1024);
  });
});
