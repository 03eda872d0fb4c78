import { describe, expect, it } from "vitest";
import { byPreference, languageId, localeLanguage, wantedLanguage } from "../../src/resources/languages.js";

describe("language identifiers ([MS-LCID] 2.2)", () => {
  it.each([
    ["de", 0x407],
    ["de-DE", 0x407],
    ["de_CH", 0x807],
    ["en", 0x409],
    ["en-GB", 0x809],
    ["es", 0xc0a],
    ["pt-BR", 0x416],
    ["pt-PT", 0x816],
    ["zh-Hant-TW", 0x404],
    ["zh-CN", 0x804],
    ["nb-NO", 0x414],
    ["ja-JP", 0x411],
    ["de-XX", 0x407],
    ["tlh", null],
    ["", null],
  ])("%s is %s", (tag, id) => {
    expect(languageId(tag)).toBe(id);
  });

  it("refuses a tag that it does not know", () => {
    expect(() => wantedLanguage("--lang", "klingon")).toThrow("--lang takes the tag of a language");
  });

  it.each([
    [{ LANG: "de_CH.UTF-8" }, 0x807],
    [{ LANG: "de_DE.UTF-8", LC_MESSAGES: "fr_FR", LC_ALL: "" }, 0x40c],
    [{ LANG: "de_DE.UTF-8", LC_ALL: "it_IT@euro" }, 0x410],
    [{ LANG: "C.UTF-8" }, 0x409],
    [{}, 0x409],
  ])("of the locale %j is %i", (env, id) => {
    expect(localeLanguage(env)).toBe(id);
  });
});

describe("of several languages", () => {
  const of = (...languages: number[]): { language: number }[] => languages.map((language) => ({ language }));

  it.each([
    ["the wanted one", 0x807, of(0, 0x409, 0x407, 0x807), 0x807],
    ["its main region's", 0x807, of(0, 0x409, 0xc07, 0x407), 0x407],
    ["another region's", 0x807, of(0, 0x409, 0xc07), 0xc07],
    ["neutral", 0x407, of(0x411, 0x409, 0), 0],
    ["English of the United States", 0x407, of(0x411, 0x809, 0x409), 0x409],
    ["any English", 0x407, of(0x411, 0x809), 0x809],
    ["the first", 0x407, of(0x411, 0x40c), 0x411],
  ])("%s is taken", (_what, wanted, all, language) => {
    expect(byPreference(all, wanted)[0]).toEqual({ language });
  });

  it("there may be none", () => {
    expect(byPreference([], 0x409)).toEqual([]);
  });
});
