import { describe, expect, it } from "vitest";
import { decodeNotification } from "../../src/notifications/decode.js";
import { PRINTER_CONFIGURATION } from "../../src/notifications/notification-types.js";
import { CONTEXT, decodeAs, decodeDocument, problemOf, request, utf16 } from "./documents.js";

/** Characters in a document of 1 MiB. */
const MIB = 524_288;
const custom = (text: string): string => `<customUI dll="d" entrypoint="e" bidi="true">${text}</customUI>`;
const fill = (piece: string, room = MIB): string => piece.repeat(Math.floor(room / piece.length));
const manyAttributes = (count: number): string => Array.from({ length: count }, (_, i) => `a${i}=''`).join(" ");

describe("documents that are made to hurt end as unknown, with the reason", () => {
  it.each([
    ["nested elements", fill("<a>"), "deeper than 100 levels"],
    ["nothing but <", fill("<"), "< starts no tag"],
    ["nothing but &", request(custom(fill("&"))), "& starts no character or predefined entity"],
    ["nothing but ]]>", request(custom(fill("]]>"))), "]]> stands outside a CDATA section"],
    ["attributes by the hundred thousand", `<a ${manyAttributes(100_000)}/>`, "more than 256 attributes"],
    ["elements by the hundred thousand", request(fill("<a/>")), "more than 10000 elements"],
    ["comments that are opened again and again", request(fill("<!--")), "-- stands inside a comment"],
    ["CDATA that is opened again and again", request(custom(fill("<![CDATA["))), "CDATA section is never closed"],
    ["an attribute that is opened again and again", `<a ${fill("b='")}`, "malformed"],
    ["white space in a tag that never ends", `<a${fill(" ")}`, "start tag of element a is malformed"],
    ["white space in an end tag that never ends", `<a></a${fill(" ")}`, "end tag is malformed"],
    ["white space in a declaration that never ends", `<?xml version='1.0'${fill(" ")}`, "declaration is malformed"],
    ["a name that never ends", `<${fill("a")}`, "is malformed"],
    ["a reference with a million digits", request(custom(`&#${fill("9")};`)), "a character that XML forbids"],
    ["billion laughs", '<!DOCTYPE a [<!ENTITY a "&b;&b;">]><a>&a;</a>', "document type declaration is not accepted"],
    ["an external entity", '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>', "is not accepted"],
    ["an element named __proto__", request("<__proto__><polluted/></__proto__>"), "__proto__"],
    ["an element named constructor", "<constructor><prototype/></constructor>", "constructor"],
  ])("%s", (_, xml, problem) => {
    const notification = decodeDocument(xml);
    expect(notification.kind).toBe("unknown");
    expect(notification.kind === "unknown" && notification.problem).toContain(problem);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("prototype names as attributes are like any other", () => {
    const element = '<balloonUI __proto__="x" constructor="y"><title __proto__="z">T</title></balloonUI>';
    expect(decodeAs("balloon", element).title).toBe("T");
  });
});

describe("documents that are long and comply are shown", () => {
  it("a title of 10 MiB, whole", () => {
    const title = "\u6f22%".repeat(5 * MIB);
    expect(decodeAs("balloon", `<balloonUI><title>${title}</title></balloonUI>`).title === title).toBe(true);
  });

  it("long runs of references, CDATA sections, comments and processing instructions", () => {
    const text =
      fill("&#65;", MIB / 4) + fill("<![CDATA[x]]>", MIB / 4) + fill("<!---->", MIB / 4) + fill("<?p?>", MIB / 4);
    const { text: decoded } = decodeAs("customUi", custom(text));
    expect(decoded).toBe("A".repeat(Math.floor(MIB / 20)) + "x".repeat(Math.floor(MIB / 4 / 13)));
  });

  it("a tail of 10 MiB, without copying it", () => {
    const xml = utf16(request('<customData dll="d" entrypoint="e" bidi="false"/>'));
    const bytes = new Uint8Array(xml.length + 10 * 1_048_576).fill(7);
    bytes.set(xml);
    const { data } = decodeAsData(bytes);
    expect(data.length).toBe(10 * 1_048_576);
    expect(data.buffer).toBe(bytes.buffer);
  });

  it("one setting with a name of 1 MiB", () => {
    const xml = `<Notification printerName="p"><ReducedSchema name="\\${fill("a.")}b"/></Notification>`;
    expect(decodeNotification(PRINTER_CONFIGURATION, utf16(xml), CONTEXT)).toMatchObject({
      kind: "printerConfiguration",
    });
  });
});

describe("documents that ask for more text than they hold are unknown", () => {
  const balloon = (body: string): string => `<balloonUI><title>T</title>${body}</balloonUI>`;

  it.each([
    [
      "one long parameter, inserted a hundred thousand times",
      `<body>${fill("%1", MIB / 2)}<parameter>${fill("x", MIB / 2 - 300)}</parameter></body>`,
      "characters",
    ],
    ["wide parameters", `<body>${fill("%1!999999999s!", MIB - 300)}<parameter>x</parameter></body>`, "characters"],
    ["escape sequences", `<body>${fill("%n", MIB - 300)}<parameter>x</parameter></body>`, "50000 pieces"],
  ])("%s", (_, body, bound) => {
    expect(problemOf(balloon(body))).toMatch(`would put in more than`);
    expect(problemOf(balloon(body))).toContain(bound);
  });

  it("one long string resource, named nine thousand times", () => {
    const strings = { lookup: () => ({ text: "y".repeat(100_000), source: "resources" as const }) };
    const document = request(balloon('<body stringID="1"/>'.repeat(9_000)));
    expect(decodeDocument(document, { ...CONTEXT, strings })).toMatchObject({
      kind: "unknown",
      problem: expect.stringContaining("would put in more than") as string,
    });
  });
});

function decodeAsData(bytes: Uint8Array): { readonly data: Uint8Array } {
  const notification = decodeNotification("f6853f92-eb31-4e23-b6e7-fd69056153f0", bytes, CONTEXT);
  if (notification.kind !== "customData") throw new Error(`got ${notification.kind}`);
  return notification;
}
