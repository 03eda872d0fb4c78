import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/errors.js";
import { textOf, type XmlElement } from "../../../src/notifications/xml/element.js";
import { MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS } from "../../../src/notifications/xml/markup.js";
import { parseXml } from "../../../src/notifications/xml/parse.js";

const text = (xml: string): string => textOf(parseXml(xml));
/** fast-xml-parser with nothing in front of it. */
const alone = new XMLParser({ preserveOrder: true, ignoreAttributes: false, processEntities: false });
const attribute = (xml: string): string | undefined => parseXml(xml).attributes.get("b");

describe("parsing XML", () => {
  it("keeps elements, texts and attributes in their order", () => {
    const leaf = (name: string): XmlElement => ({ name, attributes: new Map(), content: [], source: "" });
    expect(parseXml('<a x="1" y="2">one<b/>two<c></c><b/>three</a>')).toEqual({
      name: "a",
      attributes: new Map([
        ["x", "1"],
        ["y", "2"],
      ]),
      content: ["one", leaf("b"), "two", leaf("c"), leaf("b"), "three"],
      source: "one<b/>two<c></c><b/>three",
    });
  });

  it("keeps what stands between the tags as it is written", () => {
    const inner = "\r\n&lt;<?p it's?> <B c = '1' /><!-- & --><![CDATA[<]]>";
    expect(parseXml(`<a>${inner}</a>`).source).toBe(inner);
    expect(parseXml(`\ufeff<?xml version='1.0'?><?q "?><a><b/><p:b>${inner}</p:b ></a>`).content.at(-1)).toMatchObject({
      name: "b",
      source: inner,
    });
  });

  it.each(["007", "0x10", "1e3", "true", " 1 ", "null", "+5", "1.50", "\u00a0x\u00a0"])(
    "leaves %j as it is",
    (value) => {
      expect(text(`<a>${value}</a>`)).toBe(value);
      expect(attribute(`<a b="${value}"/>`)).toBe(value);
    },
  );

  it("keeps white space, also where there is nothing else", () => {
    expect(text("<a> \n\t</a>")).toBe(" \n\t");
  });

  it("drops prefixes of elements and keeps those of attributes", () => {
    const { name, attributes } = parseXml('<p:a p:b="1" xmlns:p="urn:x"/>');
    expect(name).toBe("a");
    expect([...attributes.keys()]).toEqual(["p:b", "xmlns:p"]);
  });

  it("replaces references once, in text and attributes", () => {
    const written = "&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x1F5A8;&#9;&#10;&#13;&amp;lt;&amp;#65;";
    const meant = "<>&\"'AB\u{1f5a8}\t\n\r&lt;&#65;";
    expect(text(`<a>${written}</a>`)).toBe(meant);
    expect(attribute(`<a b="${written}"/>`)).toBe(meant);
  });

  it("takes CDATA sections literally, as part of the text", () => {
    expect(text("<a>x<![CDATA[<b>&amp;&#65;</b>]]]]><![CDATA[>]]>y</a>")).toBe("x<b>&amp;&#65;</b>]]>y");
  });

  it("turns line ends into line feeds (XML 1.0, 2.11)", () => {
    expect(text("<a>1\r\n2\r3\n4&#13;5<![CDATA[6\r\n7]]></a>")).toBe("1\n2\n3\n4\r56\n7");
  });

  it.each(["<?p x?>", "<!-- x -->", "<![CDATA[]]>"])("keeps the line ends on both sides of %s apart", (between) => {
    expect(text(`<a>1\r${between}\n2</a>`)).toBe("1\n\n2");
  });

  it("turns white space in attributes into spaces (XML 1.0, 3.3.3)", () => {
    expect(attribute("<a b='1\r\n2\t3\n4\r5&#10;6&#9;7  8 '/>")).toBe("1 2 3 4 5\n6\t7  8 ");
  });

  it("reads past comments and processing instructions, whatever they hold", () => {
    expect(text("<!-- <x> & -->\n<?p it's <x>?><a>1<!-- ' \" -->2<?q don't?>3<!----></a><!-- end --><?r?>")).toBe(
      "123",
    );
  });

  it("keeps a > in attributes and text", () => {
    expect(attribute("<a b='x > y'/>")).toBe("x > y");
    expect(text("<a>x > y ]] ></a>")).toBe("x > y ]] >");
  });

  it.each([
    "<?xml version='1.0'?>",
    '<?xml version="1.0" ?>\n',
    "<?xml version='1.0' encoding='utf-8'?>",
    '<?xml\tversion = "1.0"\nencoding="UTF-16" standalone="yes"?>',
    "<?xml version='1.0' encoding=''?>",
    "<?xml version='1.0' encoding='klingon 8'?>",
    "\ufeff",
    "\ufeff<?xml version='1.0'?>",
    "<?xml-stylesheet href='x'?>",
  ])("accepts %j before the root element", (prolog) => {
    expect(text(`${prolog}<a>x</a>`)).toBe("x");
  });

  it("is not fooled by names that mean something to JavaScript", () => {
    const names = ["constructor", "hasOwnProperty", "__proto__", "toString", "prototype", "valueOf"];
    const parsed = parseXml(`<a ${names.map((name) => `${name}="v-${name}"`).join(" ")}/>`);
    expect([...parsed.attributes]).toEqual(names.map((name) => [name, `v-${name}`]));
    expect(parseXml("<toString><hasOwnProperty/></toString>").content).toHaveLength(1);
    expect(() => parseXml("<__proto__><polluted/></__proto__>")).toThrow(DecodeError);
    expect(() => parseXml("<a><constructor/></a>")).toThrow(DecodeError);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ["nothing", "", 0, "there is no root element"],
    ["white space only", "  ", 4, "there is no root element"],
    ["text only", "hello", 0, "text outside the root element"],
    ["text before the root", "x<a/>", 0, "text outside the root element"],
    ["text after the root", "<a/>x", 8, "text outside the root element"],
    ["a reference outside the root", "<a/>&#32;", 8, "text outside the root element"],
    ["CDATA outside the root", "<a/><![CDATA[ ]]>", 8, "CDATA section outside the root"],
    ["two roots", "<a/><b/>", 8, "second root element"],
    ["two roots, not empty", "<a></a><a></a>", 14, "second root element"],
    ["an element that is not closed", "<a><b></b>", 20, "element a is never closed"],
    ["mismatched tags", "<a><b></a></b>", 12, "end tag a closes element b"],
    ["tags that differ in case", "<a></A>", 6, "end tag A closes element a"],
    ["an end tag too many", "<a/></a>", 8, "end tag a closes nothing"],
    ["an end tag with an attribute", "<a></a b=''>", 6, "the end tag is malformed"],
    ["a start tag in a start tag", "<a<b/>", 4, "start tag of element a is malformed"],
    ["space before a name", "< a/>", 0, "< starts no tag"],
    ["a name that starts with a digit", "<1/>", 0, "< starts no tag"],
    ["a lone <", "<a> < </a>", 8, "< starts no tag"],
    ["an attribute without value", "<a b/>", 4, "malformed"],
    ["an attribute without quotes", "<a b=c/>", 4, "malformed"],
    ["attributes without space between", "<a b='1'c='2'/>", 16, "malformed"],
    ["a < in an attribute", "<a b='<'/>", 12, "attribute b holds a <"],
    ["an attribute twice", "<a b='1' c='2' b='3'/>", 36, "attribute b appears twice"],
    ["__proto__ twice", "<a __proto__='1' __proto__='2'/>", 56, "attribute __proto__ appears twice"],
    ["an undefined entity", "<a>&nbsp;</a>", 6, "& starts no character or predefined entity"],
    ["an undefined entity in an attribute", "<a b='x&foo;'/>", 14, "& starts no character"],
    ["an entity without semicolon", "<a>&amp</a>", 6, "& starts no character"],
    ["an entity cut by a comment", "<a>&am<!-- -->p;</a>", 6, "& starts no character"],
    ["a bare &", "<a>R & D</a>", 10, "& starts no character"],
    ["a reference with upper-case X", "<a>&#X41;</a>", 6, "& starts no character"],
    ["a reference without digits", "<a>&#;</a>", 6, "& starts no character"],
    ["&#0;", "<a>&#0;</a>", 6, "a character that XML forbids"],
    ["&#x1b;", "<a b='&#x1b;'/>", 12, "a character that XML forbids"],
    ["a reference to a surrogate", "<a>&#xD800;</a>", 6, "a character that XML forbids"],
    ["&#xFFFE;", "<a>&#xFFFE;</a>", 6, "a character that XML forbids"],
    ["a reference beyond Unicode", "<a>&#x110000;</a>", 6, "a character that XML forbids"],
    ["a huge reference", `<a>&#${"9".repeat(400)};</a>`, 6, "a character that XML forbids"],
    ["a control character", "<a>\u001b[31m</a>", 6, "a character that XML forbids"],
    ["a control character in a comment", "<a><!--\u0007--></a>", 14, "a character that XML forbids"],
    ["U+FFFF", "<a>\uffff</a>", 6, "a character that XML forbids"],
    ["]]> in text", "<a>x]]>y</a>", 8, "]]> stands outside a CDATA section"],
    ["-- in a comment", "<a><!-- x -- y --></a>", 20, "-- stands inside a comment"],
    ["--->", "<a><!-- x ---></a>", 20, "-- stands inside a comment"],
    ["a processing instruction without target", "<a><? x?></a>", 6, "has no target"],
    ["a declaration after white space", " <?xml version='1.0'?><a/>", 2, "elsewhere than at the start"],
    ["a declaration within", "<a><?xml version='1.0'?></a>", 6, "elsewhere than at the start"],
    ["a processing instruction named XML", "<?XML x?><a/>", 0, "elsewhere than at the start"],
    ["a declaration without version", "<?xml encoding='utf-16'?><a/>", 0, "XML declaration is malformed"],
    ["a declaration of XML 2.0", "<?xml version='2.0'?><a/>", 0, "XML declaration is malformed"],
    ["an unknown declaration", "<a><!ELEMENT b ANY></a>", 6, "<! starts nothing that XML knows"],
    ["a document type", "<!DOCTYPE a><a/>", 0, "document type declaration is not accepted"],
    ["a document type within", "<a><!DOCTYPE a></a>", 6, "document type declaration is not accepted"],
  ])("refuses %s, which fast-xml-parser lets pass", (_, xml, offset, problem) => {
    expect(() => alone.parse(xml) as unknown).not.toThrow();
    const error = failure(xml);
    expect(error.message).toContain(problem);
    expect(error.offset).toBe(offset);
  });

  it.each([
    ["a start tag cut off", "<a", 4, "start tag of element a is malformed"],
    ["an attribute that is not closed", "<a b='1/>", 12, "attribute b is never closed"],
    ["CDATA that is not closed", "<a><![CDATA[x]]</a>", 6, "CDATA section is never closed"],
    ["a comment that is not closed", "<a><!-- x</a>", 6, "the comment is never closed"],
    ["a processing instruction that is not closed", "<a><?x </a>", 6, "processing instruction is never closed"],
  ])("refuses %s, of which fast-xml-parser tells no offset", (_, xml, offset, problem) => {
    expect(() => alone.parse(xml) as unknown).toThrow();
    const error = failure(xml);
    expect(error.message).toContain(problem);
    expect(error.offset).toBe(offset);
  });

  it.each(["&#13;", "&#xD;\r\n", "]]&gt;", "\r\n&lt;\r", "&amp;lt;", "]]]]&#62;"])(
    "reads %j the same in a long run of text as in a short one",
    (piece) => {
      const short = text(`<a>${piece}</a>`);
      expect(text(`<a>${piece.repeat(100)}</a>`)).toBe(short.repeat(100));
    },
  );

  it("cuts out processing instructions, whose quotation marks fast-xml-parser takes for those of attributes", () => {
    const xml = "<a><?p it's?><b/><?p it's?>x</a>";
    expect(alone.parse(xml)).not.toEqual(alone.parse("<a><b/>x</a>"));
    expect(parseXml(xml).content).toMatchObject([{ name: "b" }, "x"]);
  });

  it("counts offsets from the byte order mark", () => {
    expect(failure("\ufeff<a>&</a>").offset).toBe(8);
  });

  it("refuses billion laughs before anything is defined", () => {
    const lines = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
    const laughs = `<?xml version="1.0"?><!DOCTYPE z [<!ENTITY l0 "lol">${lines.join("")}]><z>&l9;</z>`;
    expect(failure(laughs).message).toContain("document type declaration is not accepted");
  });

  it(`takes ${MAX_DEPTH} levels of elements and no more`, () => {
    const nested = (depth: number): string => "<a>".repeat(depth) + "x" + "</a>".repeat(depth);
    expect(parseXml(nested(MAX_DEPTH)).name).toBe("a");
    expect(failure(nested(MAX_DEPTH + 1)).message).toContain("deeper than 100 levels");
  });

  it(`takes ${MAX_ATTRIBUTES} attributes and no more`, () => {
    const many = (count: number): string => `<a ${Array.from({ length: count }, (_, i) => `b${i}=''`).join(" ")}/>`;
    expect(parseXml(many(MAX_ATTRIBUTES)).attributes.size).toBe(MAX_ATTRIBUTES);
    expect(failure(many(MAX_ATTRIBUTES + 1)).message).toContain("more than 256 attributes");
  });

  it(`takes ${MAX_ELEMENTS} elements and no more`, () => {
    const many = (count: number): string => `<a>${"<b/>".repeat(count - 1)}</a>`;
    expect(parseXml(many(MAX_ELEMENTS)).content).toHaveLength(MAX_ELEMENTS - 1);
    expect(failure(many(MAX_ELEMENTS + 1)).message).toContain("more than 10000 elements");
  });

  it("shortens names of the sender in messages", () => {
    expect(failure(`<${"n".repeat(100_000)}>`).message.length).toBeLessThan(200);
  });
});

function failure(xml: string): DecodeError {
  try {
    parseXml(xml);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error(`accepted: ${xml}`);
}
