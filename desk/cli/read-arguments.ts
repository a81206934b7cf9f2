import { DAY, HOUR, MINUTE, SECOND } from "../../backup/model/instant.ts";
import { HSM_NAME, parseRunId } from "../../backup/model/names.ts";
import { isKeyName } from "../restore-commands.ts";
import { wrong } from "./failure.ts";

// An argument that is wrong may be a secret that was pasted into the wrong place, so it is never repeated.

/** The name of an HSM, in any case. */
export function readHsm(text: string): string {
  const name = text.toLowerCase();
  if (HSM_NAME.test(name)) return name;
  throw wrong("HSM: expected a name of 3 to 24 letters, digits and hyphens. See: mhsm-backup hsms");
}

export function readRun(text: string): string {
  if (parseRunId(text) !== undefined) return text;
  throw wrong("RUN: expected an id such as 20261123T020000Z-1-k3v9x2ab. See: mhsm-backup runs");
}

export function readKeyName(text: string): string {
  if (isKeyName(text)) return text;
  throw wrong("--key: expected the name of a key in the HSM, of letters, digits and hyphens.");
}

/** Reads a whole number from 1. How large it may be, the app decides. */
export const readCount =
  (option: string) =>
  (text: string): number => {
    if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
    throw wrong(`${option}: expected a whole number from 1.`);
  };

const DURATION = /^(?=\d)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/;

/** Reads `90s`, `45m` or `1h30m` as milliseconds. */
export const readDuration =
  (option: string) =>
  (text: string): number => {
    const parts =
      DURATION.exec(text)
        ?.slice(1)
        .map((digits) => Number(digits ?? 0)) ?? [];
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
    const duration = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND;
    if (duration > 0) return duration;
    throw wrong(`${option}: expected a duration such as 90s, 45m or 1h30m.`);
  };
