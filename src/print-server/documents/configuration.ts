import type { BidiKind } from "../../notifications/model.js";
import { element, encodeDocument, characters } from "./markup.js";

const NAMESPACE = "http://schemas.microsoft.com/windows/2005/03/printing/bidi";

export interface ConfigurationContent {
  readonly printerName: string;
  /** `value` as the schema writes it: digits, `true`, base64. */
  readonly settings: readonly { readonly name: string; readonly kind: BidiKind; readonly value: string }[];
  /** Names of settings that changed without their values ([MS-PAN] 2.2.8.1.10). */
  readonly reduced: readonly string[];
}

/** Printer Configuration Notification ([MS-PAN] 2.2.8.1). */
export function configurationDocument({ printerName, settings, reduced }: ConfigurationContent): Uint8Array {
  const parts = [
    ...settings.map(({ name, kind, value }) => element("Schema", { name }, element(kind, {}, characters(value)))),
    ...reduced.map((name) => element("ReducedSchema", { name })),
  ];
  return encodeDocument(element("Notification", { xmlns: NAMESPACE, printerName }, parts.join("")));
}
