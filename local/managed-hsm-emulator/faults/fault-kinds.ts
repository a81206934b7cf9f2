import { validateHeaderName, validateHeaderValue } from "node:http";
import {
  type Fields,
  optionalNumber,
  optionalString,
  optionalStringMap,
  requiredNumber,
  requiredString,
} from "../wire/fields.ts";
import { badParameter, ERROR_SHAPES, type ErrorShape, type Headers } from "../wire/key-vault-error.ts";
import { isJobStart, isLook } from "../wire/operations.ts";
import type { Fault, Subject } from "./fault.ts";

/** What a test can say of one kind of fault. */
export type FaultKind = {
  /** Its own fields, besides those that every fault has. */
  readonly fields: readonly string[];
  /** Which operations it can be for; any, when not given. */
  readonly fits?: (operation: Subject) => boolean;
  /** @throws Refusal 400 naming the field */
  readonly read: (fields: Fields, where: string, operation: Subject) => Fault;
};

const HTTP_STATUS = { min: 200, max: 599, whole: true } as const;
// A timer can't wait much longer.
const SECONDS = { min: 0, max: 604_800 } as const;

const startsOrLooks = (operation: Subject): boolean => isJobStart(operation) || isLook(operation);

/** By the name that stands in `fault`. */
export const FAULT_KINDS: Readonly<Record<string, FaultKind>> = {
  slow: {
    fields: ["seconds"],
    read: (fields, where, operation) => {
      const seconds = requiredNumber(fields, "seconds", SECONDS, where);
      return { changes: isJobStart(operation) ? "course" : "answer", fault: "slow", seconds };
    },
  },
  failAt: {
    fields: ["share"],
    fits: isJobStart,
    read: (fields, where) => ({
      changes: "course",
      fault: "failAt",
      share: requiredNumber(fields, "share", { min: 0, max: 1 }, where),
    }),
  },
  neverEnds: { fields: [], fits: isJobStart, read: () => ({ changes: "course", fault: "neverEnds" }) },
  emptyFolder: {
    fields: [],
    fits: (operation) => operation === "backup",
    read: () => ({ changes: "course", fault: "emptyFolder" }),
  },
  loseJob: { fields: [], fits: startsOrLooks, read: () => ({ changes: "disguise", fault: "loseJob" }) },
  nullError: { fields: [], fits: startsOrLooks, read: () => ({ changes: "disguise", fault: "nullError" }) },
  refusedLook: { fields: [], fits: startsOrLooks, read: () => ({ changes: "disguise", fault: "refusedLook" }) },
  noFolder: { fields: [], fits: startsOrLooks, read: () => ({ changes: "disguise", fault: "noFolder" }) },
  foreignFolder: {
    fields: ["folderUrl"],
    fits: startsOrLooks,
    read: (fields, where) => ({
      changes: "disguise",
      fault: "foreignFolder",
      folderUrl: requiredString(fields, "folderUrl", where),
    }),
  },
  jobStatus: {
    fields: ["status"],
    fits: startsOrLooks,
    read: (fields, where) => ({
      changes: "disguise",
      fault: "jobStatus",
      status: requiredString(fields, "status", where),
    }),
  },
  dropAnswer: { fields: [], read: () => ({ changes: "answer", fault: "dropAnswer" }) },
  holdAnswer: { fields: [], read: () => ({ changes: "answer", fault: "holdAnswer" }) },
  hold: { fields: [], read: () => ({ changes: "answer", fault: "hold" }) },
  hang: { fields: [], read: () => ({ changes: "answer", fault: "hang" }) },
  errorInside200: { fields: [], read: () => ({ changes: "answer", fault: "errorInside200" }) },
  byteOrderMark: { fields: [], read: () => ({ changes: "answer", fault: "byteOrderMark" }) },
  status: { fields: ["status", "code", "message", "retryAfter", "shape"], read: readStatus },
  answer: {
    fields: ["status", "body", "headers"],
    read: (fields, where) => ({
      changes: "answer",
      fault: "answer",
      status: requiredNumber(fields, "status", HTTP_STATUS, where),
      body: fields.body,
      headers: readHeaders(fields, where),
    }),
  },
};

function readStatus(fields: Fields, where: string): Fault {
  const code = optionalString(fields, "code", where);
  const message = optionalString(fields, "message", where);
  const shape = readShape(fields, where);
  const retryAfter =
    typeof fields.retryAfter === "string" ? fields.retryAfter : optionalNumber(fields, "retryAfter", SECONDS, where);
  return {
    changes: "answer",
    fault: "status",
    status: requiredNumber(fields, "status", HTTP_STATUS, where),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(shape === undefined ? {} : { shape }),
  };
}

function readShape(fields: Fields, where: string): ErrorShape | undefined {
  const given = optionalString(fields, "shape", where);
  const shape = ERROR_SHAPES.find((known) => known === given);
  if (given !== undefined && shape === undefined)
    throw badParameter(`${where}shape: expected one of ${ERROR_SHAPES.join(", ")}.`);
  return shape;
}

function readHeaders(fields: Fields, where: string): Headers {
  const headers = optionalStringMap(fields, "headers", where) ?? {};
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw badParameter(`${where}headers.${name}: not a header that can be sent.`);
    }
  }
  return headers;
}
