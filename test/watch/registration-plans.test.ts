import { describe, expect, it } from "vitest";
import { ASYNC_UI, NOTIFICATION_TYPES, PRINTER_CONFIGURATION } from "../../src/notifications/notification-types.js";
import { registrationPlans } from "../../src/watch/watcher.js";

const OTHER = "25df3b0e-74a9-47f5-80ce-79b4b1eb5c58";

describe("what is registered for", () => {
  it.each([
    ["both", ["asyncui uni", "asyncui bidi", "printer-config uni"]],
    ["uni", ["asyncui uni", "printer-config uni"]],
    ["bidi", ["asyncui bidi"]],
  ] as const)("--style %s: each known type in the styles that it has ([MS-PAN] 3.1.4.4.1)", (style, expected) => {
    const plans = NOTIFICATION_TYPES.flatMap(({ guid, name }) =>
      registrationPlans({ types: [guid], style }).map((plan) => `${name} ${plan.style}`),
    );
    expect(plans).toEqual(expected);
  });

  it("is a type that is not known in both styles", () => {
    expect(registrationPlans({ types: [OTHER, PRINTER_CONFIGURATION], style: "both" })).toEqual([
      { type: OTHER, style: "uni" },
      { type: OTHER, style: "bidi" },
      { type: PRINTER_CONFIGURATION, style: "uni" },
    ]);
    expect(registrationPlans({ types: [ASYNC_UI], style: "bidi" })).toEqual([{ type: ASYNC_UI, style: "bidi" }]);
  });
});
