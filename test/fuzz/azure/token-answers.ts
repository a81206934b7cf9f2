import fc from "fast-check";
import { TOKEN } from "../../azure/secrets.ts";

const inAnHour = (): string => String(Math.floor(Date.now() / 1_000) + 3_600);
/** The endpoint's answer as it should be, but for these fields. */
export const goodToken = (fields: object = {}): string =>
  JSON.stringify({
    access_token: TOKEN,
    expires_on: inAnHour(),
    resource: "https://managedhsm.azure.net",
    token_type: "Bearer",
    ...fields,
  });

const oddToken = fc.constantFrom<unknown>(
  undefined,
  null,
  "",
  " ",
  5,
  true,
  {},
  [],
  [TOKEN],
  { token: TOKEN },
  `${TOKEN}\r\nx-evil: 1`,
  `${TOKEN}\u0000`,
  `${TOKEN}☃`,
  "x".repeat(100_000),
  "eyJ",
  "..",
);
const oddTime = fc.constantFrom<unknown>(
  undefined,
  null,
  "",
  "1",
  "soon",
  "99999999999999999999",
  -1,
  1e300,
  {},
  "2026-11-23T02:00:00Z",
  "NaN",
  inAnHour(),
);
const oddText = fc.constantFrom<unknown>(undefined, null, TOKEN, 5, {}, [], `No.\r\n${TOKEN}`, {
  code: TOKEN,
  message: { a: TOKEN },
});
const fields = fc.record(
  {
    access_token: oddToken,
    expires_on: oddTime,
    error: oddText,
    error_description: oddText,
    message: oddText,
    correlation_id: oddText,
  },
  { requiredKeys: [] },
);
/** Answers of the endpoint that may have a token, and may not. */
export const tokenBodies: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fields.map((each) => goodToken(each)) },
  { weight: 1, arbitrary: fields.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("", `<html>${TOKEN}</html>`, goodToken().slice(0, -9), "null", "[]", `\n${TOKEN}`),
  },
);
/** What may pass (429, 5xx) is tried again by the library for longer than any limit of a test: those have tests of their own. */
export const tokenStatuses: fc.Arbitrary<number> = fc.constantFrom(
  200,
  200,
  200,
  201,
  204,
  300,
  304,
  400,
  401,
  403,
  405,
  418,
  451,
);
