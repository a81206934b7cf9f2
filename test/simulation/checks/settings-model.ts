import type { Fact, View } from "../facts.ts";
import { NEVER } from "./ledger-model.ts";
import { MINUTE } from "./spans.ts";

/** New settings come with new processes: one after another, each beside the old one for a minute. */
const SETTINGS_TAKE = 15 * MINUTE;

/** Which HSMs the settings name. */
export type SettingsSeen = {
  readonly see: (fact: Fact, view: View) => void;
  /** Those of the world's HSMs that every host has had in its settings for a while. */
  readonly settled: (view: View) => readonly string[];
  /** Those that no settings were ever without: every process has them, whenever it was started. */
  readonly neverLeft: (view: View) => readonly string[];
};

export function watchSettings(): SettingsSeen {
  // What the world begins with isn't told: everything, and settled.
  let named: readonly string[] | undefined;
  const cameBackAt = new Map<string, number>();
  const everLeft = new Set<string>();
  const isNamed = (hsm: string): boolean => named?.includes(hsm) ?? true;
  return {
    see(fact, view) {
      if (fact.kind !== "settingsChanged") return;
      for (const hsm of fact.hsms) if (!isNamed(hsm)) cameBackAt.set(hsm, fact.at);
      for (const hsm of view.hsms) if (!fact.hsms.includes(hsm)) everLeft.add(hsm);
      named = fact.hsms;
    },
    neverLeft: ({ hsms }) => hsms.filter((hsm) => !everLeft.has(hsm)),
    settled: ({ hsms, now }) =>
      hsms.filter((hsm) => isNamed(hsm) && (cameBackAt.get(hsm) ?? NEVER) + SETTINGS_TAKE <= now),
  };
}
