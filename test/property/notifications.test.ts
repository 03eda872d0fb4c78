import fc from "fast-check";
import { XMLValidator } from "fast-xml-parser";
import * as libxml2 from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { DecodeError, PanwatchError } from "../../src/errors.js";
import { decodeNotification } from "../../src/notifications/decode.js";
import { ASYNC_UI, PRINTER_CONFIGURATION } from "../../src/notifications/notification-types.js";
import { decodeReply, encodeReply } from "../../src/notifications/reply.js";
import { formatMessage } from "../../src/notifications/strings/format-message.js";
import { TextBudget } from "../../src/notifications/strings/text-budget.js";
import type { XmlElement } from "../../src/notifications/xml/element.js";
import { parseXml } from "../../src/notifications/xml/parse.js";
import { CONTEXT, request, utf16 } from "../notifications/documents.js";

const BALLOON = request(
  '<balloonUI iconID="1" resourceDll="IHV.dll"><title stringID="100" resourceDll="IHV.dll"><parameter>&lt;1&gt;</parameter>' +
    '</title><body>%1!5d! of %2<parameter>3</parameter><parameter type="PrinterName"/></body><!-- c --><body><![CDATA[x]]>' +
    '</body><action dll="d" entrypoint="e">data</action></balloonUI>',
);
const MESSAGE_BOX = request(
  '<messageBoxUI><title>T</title><bitmap bitmapID="1"/><body stringID="2702"><parameter>3</parameter></body><buttons>' +
    '<button buttonID="IDOK"/><button buttonID="3" stringID="102" resourceDll="IHV.dll"/></buttons></messageBoxUI>',
);
const CUSTOM_UI = request('<customUI dll="d" entrypoint="e" bidi="true">text</customUI>');
const CONFIGURATION =
  '<?xml version="1.0"?><b:Notification printerName="HP4" xmlns:b="urn:x"><b:Schema name="\\A.B:C"><b:BIDI_INT>7</b:BIDI_INT>' +
  '</b:Schema><b:Schema name="\\A:D"><b:BIDI_BLOB>AAE=</b:BIDI_BLOB></b:Schema><b:Schema name="\\A:E"><b:BIDI_FLOAT>1e3' +
  '</b:BIDI_FLOAT></b:Schema><b:ReducedSchema name="\\F"/></b:Notification>';
const SAMPLES = [
  { type: ASYNC_UI, xml: BALLOON },
  { type: ASYNC_UI, xml: MESSAGE_BOX },
  { type: ASYNC_UI, xml: CUSTOM_UI },
  { type: PRINTER_CONFIGURATION, xml: CONFIGURATION },
];

/** What turns one document into another that is nearly one. */
const pieces = fc.constantFrom(
  ..."<>&;\"'=/!?-[] #x1\n\r\t%",
  ..."]]>|-->|<!--|<![CDATA[|<?|?>|&#|&#x|&lt;|&amp;|&#65;|&#0;|&#13;|</|/>|<a>|</a>|<a/>|a='|\u00e9|\u{1f5a8}|\uffff|\u0001".split(
    "|",
  ),
);
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(3),
    insert: fc.option(pieces, { nil: "" }),
  }),
  { maxLength: 4 },
);

function edit(text: string, changes: readonly { at: number; remove: number; insert: string }[]): string {
  const characters = [...text];
  for (const { at, remove, insert } of changes) {
    characters.splice(Math.floor(at * characters.length), remove, ...insert);
  }
  return characters.join("");
}

describe("decoding a notification", () => {
  it("never throws for any bytes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(ASYNC_UI, PRINTER_CONFIGURATION),
        fc.uint8Array({ maxLength: 200 }),
        (type, bytes) => {
          expect(decodeNotification(type, bytes, CONTEXT)).toMatchObject({ kind: "unknown", data: bytes });
        },
      ),
      { numRuns: 300 },
    );
  });

  it("never throws for documents that are nearly right, and says what is wrong", () => {
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLES), edits, ({ type, xml }, changes) => {
        const notification = decodeNotification(type, utf16(edit(xml, changes)), CONTEXT);
        if (notification.kind === "unknown") {
          expect(notification.problem).toMatch(/\(\[MS-PAN\] 2\.2\.[78](\.\d+)*\)$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never throws for changed bytes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        ({ type, xml }, changes) => {
          const bytes = utf16(xml);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          expect(decodeNotification(type, bytes, CONTEXT).kind).toBeTypeOf("string");
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(SAMPLES)("finds a problem in every truncated document ($#)", ({ type, xml }) => {
    const whole = new Uint8Array(Buffer.from(xml, "utf16le"));
    expect(decodeNotification(type, whole, CONTEXT).kind).not.toBe("unknown");
    for (let length = 0; length < whole.length; length++) {
      expect(decodeNotification(type, whole.subarray(0, length), CONTEXT).kind, `${length} bytes`).toBe("unknown");
    }
  });

  it("gives every byte behind the NUL of custom data", () => {
    const xml = utf16(request('<customData dll="d" entrypoint="e" bidi="true"/>'));
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const bytes = new Uint8Array([...xml, ...data]);
        expect(decodeNotification(ASYNC_UI, bytes, CONTEXT)).toMatchObject({ kind: "customData", data });
      }),
    );
  });
});

describe("a reply", () => {
  const character = fc
    .oneof(fc.integer({ max: 0x10_ffff, min: 0 }), fc.nat(0x7f))
    .map((code) => String.fromCodePoint(code));

  it("is read back as it was written", () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) => {
        let bytes: Uint8Array;
        try {
          bytes = encodeReply({ kind: "text", text });
        } catch (error) {
          expect(error).toBeInstanceOf(PanwatchError);
          expect(text).toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]/);
          return;
        }
        expect(decodeReply(bytes)).toEqual({ kind: "text", text });
      }),
      { numRuns: 300 },
    );
  });

  it("of a button is read back as its value", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (replyValue) => {
        const button = { index: 1, id: String(replyValue), replyValue, label: "" };
        expect(decodeReply(encodeReply({ kind: "button", button }))).toEqual({ kind: "button", buttonId: replyValue });
      }),
    );
  });
});

describe("the syntax of FormatMessage", () => {
  const format = fc.array(fc.constantFrom(..."%123!.*-+ #0dsxculI64nrtbh".split(""), "%1!", "!d!", "%%"), {
    maxLength: 30,
  });

  it("never throws for texts that a display could hold", () => {
    fc.assert(
      fc.property(format, fc.array(fc.string()), (parts, inserts) => {
        expect(formatMessage(parts.join(""), inserts, new TextBudget(0)).length).toBeLessThanOrEqual(65_536 + 90);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves inserts as they are", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (first, second) => {
        expect(formatMessage("<%1|%2>", [first, second], new TextBudget(0))).toBe(`<${first}|${second}>`);
      }),
    );
  });
});

describe("XML", () => {
  const name = fc.constantFrom("a", "b", "\u00e9", "x-1", "_.");
  const data = fc.array(
    fc.constantFrom(
      "x",
      " ",
      "\n",
      "\t",
      "\r",
      "\r\n",
      ">",
      '"',
      "'",
      "]",
      "&lt;",
      "&amp;",
      "&#65;",
      "&#13;",
      "&#x1F5A8;",
      "\u6f22",
    ),
    { maxLength: 6 },
  );
  const text = data.map((parts) => parts.join("").replaceAll("]>", "]"));
  const value = data.map((parts) => `"${parts.join("").replaceAll('"', "")}"`);
  const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
    content: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      text,
      fc.constantFrom("<!-- <c> & -->", "<?p x?>", "<![CDATA[<&\r\n]]>", "<![CDATA[]]>"),
      tie("element"),
    ),
    element: fc
      .tuple(name, fc.uniqueArray(name, { maxLength: 2 }), value, fc.array(tie("content"), { maxLength: 4 }))
      .map(([tag, attributes, of, content]) => {
        const start = [tag, ...attributes.map((each) => `${each}=${of}`)].join(" ");
        return content.length === 0 ? `<${start} />` : `<${start}>${content.join("")}</${tag}>`;
      }),
  }));

  it("is read as libxml2 reads it", () => {
    fc.assert(
      fc.property(element, (xml) => {
        expect(ours(xml)).toEqual(theirs(xml));
      }),
      { numRuns: 300 },
    );
  });

  it("is refused where libxml2 refuses it, and nowhere else", () => {
    fc.assert(
      fc.property(element, edits, (xml, changes) => {
        const changed = edit(xml, changes);
        fc.pre(!changed.includes("<?xml"));
        expect(ours(changed)).toEqual(theirs(changed));
      }),
      { numRuns: 300 },
    );
  });

  it("is refused where fast-xml-parser's own validation, which is not run, refuses it", () => {
    fc.assert(
      fc.property(element, edits, (xml, changes) => {
        // It knows no names with characters beyond U+FFFF (XML 1.0, 2.3): one that it knows takes their place.
        const changed = edit(xml, changes).replaceAll("\u{1f5a8}", "\u6f22");
        if (XMLValidator.validate(changed) !== true) expect(ours(changed)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });
});

/** An element with its runs of text put together, or null for a document that is refused. */
type Tree = { name: string; attributes: Record<string, string>; content: (Tree | string)[] } | null;

function ours(xml: string): Tree {
  const tree = ({ name, attributes, content }: XmlElement): Tree => ({
    name,
    attributes: Object.fromEntries(attributes),
    content: joined(content.map((item) => (typeof item === "string" ? item : tree(item)))),
  });
  try {
    return tree(parseXml(xml));
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function theirs(xml: string): Tree {
  let document: libxml2.XmlDocument;
  try {
    document = libxml2.XmlDocument.fromString(xml);
  } catch (error) {
    if (error instanceof libxml2.XmlParseError) return null;
    throw error;
  }
  const tree = (element: libxml2.XmlElement): Tree => {
    const content: (Tree | string)[] = [];
    for (const node of element.find("* | text()")) {
      content.push(node instanceof libxml2.XmlElement ? tree(node) : node.content);
    }
    const attributes = Object.fromEntries(element.attrs.map((attribute) => [attribute.name, attribute.value]));
    return { name: element.name, attributes, content: joined(content) };
  };
  try {
    return tree(document.root);
  } finally {
    document.dispose();
  }
}

function joined(content: readonly (Tree | string)[]): (Tree | string)[] {
  return content.reduce<(Tree | string)[]>((result, item) => {
    const last = result.at(-1);
    if (item === "") return result;
    if (typeof item !== "string" || typeof last !== "string") return [...result, item];
    return [...result.slice(0, -1), last + item];
  }, []);
}
