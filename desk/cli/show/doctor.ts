import type { DoctorAnswer } from "../../../backup/model/views/doctor-view.ts";
import { plainText } from "../../words.ts";
import { type Look, painted } from "./table.ts";

/** `doctor`: a line for each check, and below each that fails what was tried and what to do. */
export const showDoctor = ({ checks }: DoctorAnswer, look: Look): readonly string[] =>
  checks.flatMap(({ name, hsm, isOk, tried, found, remedy }) => {
    const word = isOk ? painted("ok    ", "green", look) : painted("FAILED", "red", look);
    const line = `${word}  ${plainText([name, hsm].filter((each) => each !== null).join(" "))}: ${plainText(found)}`;
    if (isOk) return [line];
    return [
      line,
      `        tried: ${plainText(tried)}`,
      ...(remedy === null ? [] : [`        remedy: ${plainText(remedy)}`]),
    ];
  });
