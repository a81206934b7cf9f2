import { isFields, optionalNumber, parseKnownFields, requiredString } from "../wire/fields.ts";
import { badParameter } from "../wire/key-vault-error.ts";
import { OPERATIONS } from "../wire/operations.ts";
import type { ScriptedFault } from "./fault.ts";
import { FAULT_KINDS } from "./fault-kinds.ts";

const COMMON = ["fault", "operation", "times"];

/** Reads the list of faults that a test scripts. @throws Refusal 400 naming the field */
export function parseFaults(body: unknown): readonly ScriptedFault[] {
  if (!Array.isArray(body)) throw badParameter("The body has to be a JSON list of faults.");
  return body.map((item: unknown, index) => parseFault(item, `faults[${index}].`));
}

function parseFault(item: unknown, where: string): ScriptedFault {
  const name = isFields(item) ? requiredString(item, "fault", where) : "";
  const kind = Object.hasOwn(FAULT_KINDS, name) ? FAULT_KINDS[name] : undefined;
  if (kind === undefined && name !== "") {
    throw badParameter(`${where}fault: expected one of ${Object.keys(FAULT_KINDS).join(", ")}.`);
  }
  const fields = parseKnownFields(item, where, [...COMMON, ...(kind?.fields ?? [])]);
  const wanted = requiredString(fields, "operation", where);
  const operation = wanted === "any" ? wanted : OPERATIONS.find((known) => known === wanted);
  if (operation === undefined) throw badParameter(`${where}operation: expected one of any, ${OPERATIONS.join(", ")}.`);
  if (kind === undefined || kind.fits?.(operation) === false) {
    throw badParameter(`${where}operation: ${name} can't be scripted for ${operation}.`);
  }
  const left = optionalNumber(fields, "times", { min: 1, whole: true }, where) ?? 1;
  return { operation, fault: kind.read(fields, where, operation), left };
}
