import type { HttpHandler, HttpRequest } from "@azure/functions";
import { instant } from "../../backup/model/fields.ts";
import { parseInput } from "../../backup/model/validation.ts";
import { viewCoverage, type WantedSlots } from "../../backup/steps/view-coverage.ts";
import type { AppPorts } from "../invocation.ts";
import { answering, taggedAnswer, unknownHsm } from "./answers.ts";
import { readNumber, refuseOthers } from "./query.ts";

const USUAL_DAYS = 90;
/** The schedule of a whole year, leap years included. */
const MOST_DAYS = 366;

/** `GET /api/hsms/{hsm}/coverage`: what became of each slot of the last days. */
export const coverage = (ports: AppPorts): HttpHandler =>
  answering(ports, async (request, logged) => {
    const { hsm = "" } = request.params;
    const found = await viewCoverage(logged, hsm.toLowerCase(), readQuery(request));
    return found === undefined ? unknownHsm() : taggedAnswer(request, found);
  });

function readQuery({ query }: HttpRequest): WantedSlots {
  refuseOthers(query, ["days", "cursor"]);
  const cursor = query.get("cursor");
  return {
    days: readNumber(query, "days", MOST_DAYS) ?? USUAL_DAYS,
    before: cursor ? new Date(parseInput(instant, cursor, "cursor")) : null,
  };
}
