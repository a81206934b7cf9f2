import { randomInt } from "node:crypto";

const CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 8;

/** Eight random characters of a-z and 0-9: 36^8, so that ids of one HSM and second don't meet. */
export const newId = (): string =>
  Array.from({ length: LENGTH }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join("");
