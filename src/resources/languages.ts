import { UsageError } from "../errors.js";

/** Primary language identifiers ([MS-LCID] 2.2), hexadecimal, by the language's subtag. */
const PRIMARY = new Map(
  (
    "ar 1,bg 2,ca 3,zh 4,cs 5,da 6,de 7,el 8,en 9,es a,fi b,fr c,he d,hu e,is f,it 10,ja 11,ko 12,nl 13,no 14,nb 14,nn 14," +
    "pl 15,pt 16,rm 17,ro 18,ru 19,hr 1a,bs 1a,sr 1a,sk 1b,sq 1c,sv 1d,th 1e,tr 1f,ur 20,id 21,uk 22,be 23,sl 24,et 25," +
    "lv 26,lt 27,tg 28,fa 29,vi 2a,hy 2b,az 2c,eu 2d,mk 2f,af 36,ka 37,fo 38,hi 39,mt 3a,ga 3c,ms 3e,kk 3f,ky 40,sw 41," +
    "uz 43,tt 44,bn 45,pa 46,gu 47,or 48,ta 49,te 4a,kn 4b,ml 4c,as 4d,mr 4e,mn 50,cy 52,km 53,lo 54,gl 56,si 5b,am 5e," +
    "ne 61,fy 62,fil 64,lb 6e"
  )
    .split(",")
    .map(entryOf),
);

/** Language identifiers that are not the primary one with sublanguage 1. */
const REGIONAL = new Map(
  (
    "de-ch 807,de-at c07,de-lu 1007,de-li 1407,en-gb 809,en-au c09,en-ca 1009,en-nz 1409,en-ie 1809,en-za 1c09,en-in 4009," +
    "en-sg 4809,fr-be 80c,fr-ca c0c,fr-ch 100c,fr-lu 140c,es c0a,es-es c0a,es-mx 80a,es-co 240a,es-ar 2c0a,es-cl 340a," +
    "es-us 540a,es-419 580a,pt-pt 816,it-ch 810,nl-be 813,nn 814,nn-no 814,sv-fi 81d,zh 804,zh-cn 804,zh-hans 804," +
    "zh-tw 404,zh-hant 404,zh-hk c04,zh-sg 1004,zh-mo 1404,sr 281a,sr-latn 241a,sr-latn-rs 241a,sr-cyrl-rs 281a,bs 141a"
  )
    .split(",")
    .map(entryOf),
);

function entryOf(entry: string): [tag: string, id: number] {
  const [tag = "", id = ""] = entry.split(" ");
  return [tag, Number.parseInt(id, 16)];
}

const NEUTRAL = 0;
const ENGLISH_US = 0x409;
const ENGLISH = 0x9;

/**
 * The identifier ([MS-LCID] 2.2) of a language tag such as `de`, `de-CH` or `pt_BR`; for a region that has none of its own,
 * that of the language. Null for a language that is not known.
 */
export function languageId(tag: string): number | null {
  const subtags = tag.toLowerCase().replaceAll("_", "-").split("-");
  for (let length = subtags.length; length > 0; length--) {
    const regional = REGIONAL.get(subtags.slice(0, length).join("-"));
    if (regional !== undefined) return regional;
  }
  const primary = PRIMARY.get(subtags[0] ?? "");
  return primary === undefined ? null : 0x400 | primary;
}

/** The identifier of the language that a person asked for. Throws a UsageError when it is not known. */
export function wantedLanguage(option: string, tag: string): number {
  const id = languageId(tag);
  if (id !== null) return id;
  throw new UsageError(`${option} takes the tag of a language, such as de, de-CH or pt-BR.`);
}

/** The language of the texts for people, told by the variables of the locale; English where they name none that is known. */
export function localeLanguage(env: Readonly<Record<string, string | undefined>>): number {
  const locale = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return languageId(locale?.replace(/[.@].*$/, "") ?? "") ?? ENGLISH_US;
}

/**
 * Things in several languages, the best first: in the wanted language, in another region's form of it, neutral, in English,
 * and then the others as they came.
 */
export function byPreference<T extends { readonly language: number }>(all: readonly T[], wanted: number): T[] {
  return all.toSorted((a, b) => rank(a.language, wanted) - rank(b.language, wanted));
}

function rank(language: number, wanted: number): number {
  const primary = language & 0x3ff;
  if (language === wanted) return 0;
  if (primary === (wanted & 0x3ff)) return language >> 10 <= 1 ? 1 : 2;
  if (language === NEUTRAL) return 3;
  if (language === ENGLISH_US) return 4;
  return primary === ENGLISH ? 5 : 6;
}
