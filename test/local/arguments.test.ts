import { describe, expect, it } from "vitest";
import { parseEmulatorsArguments, parseStartArguments } from "../../local/arguments.ts";

const NOTHING = { once: false, json: false, verbose: false, help: false };

describe("the options of npm start", () => {
  it.each([
    [[], NOTHING],
    [["--once"], { ...NOTHING, once: true }],
    [["--once", "--json"], { ...NOTHING, once: true, json: true }],
    [["--verbose", "--port", "7072"], { ...NOTHING, verbose: true, port: 7072 }],
    [["--port=0"], { ...NOTHING, port: 0 }],
    [["--help"], { ...NOTHING, help: true }],
  ])("are read from %j", (given, wanted) => {
    expect(parseStartArguments(given)).toEqual(wanted);
  });

  it.each([
    [["--onec"], "There is no option --onec; --help lists them."],
    [["-x"], "There is no option -x; --help lists them."],
    [["--constructor"], "There is no option --constructor; --help lists them."],
    [["contoso"], '"contoso" is not an option; --help lists them.'],
    [["--once=yes"], "--once takes no value."],
    [["--port"], "--port needs a value."],
    [["--port="], "--port needs a value."],
    [["--port", "http"], '--port takes a number from 0 (any free one) to 65535, not "http".'],
    [["--port", "65536"], '--port takes a number from 0 (any free one) to 65535, not "65536".'],
  ])("are refused in one sentence: %j", (given, problem) => {
    expect(parseStartArguments(given)).toEqual({ problem });
  });
});

describe("the options of npm run emulators", () => {
  it.each([
    [[], { hsms: ["contoso"], json: false, help: false }],
    [["--json"], { hsms: ["contoso"], json: true, help: false }],
    [["--hsms", "contoso,fabrikam"], { hsms: ["contoso", "fabrikam"], json: false, help: false }],
    [["--hsms=contoso, fabrikam-2"], { hsms: ["contoso", "fabrikam-2"], json: false, help: false }],
    [["--settings-file", "a.json"], { hsms: ["contoso"], json: false, help: false, settingsFile: "a.json" }],
  ])("are read from %j", (given, wanted) => {
    expect(parseEmulatorsArguments(given)).toEqual(wanted);
  });

  it.each(["Contoso", "2contoso", "ab", "contoso-", "con--toso", "a2345678901234567890123456", "con_toso"])(
    "refuse %j as the name of an HSM",
    (name) => {
      expect(parseEmulatorsArguments(["--hsms", `fabrikam,${name}`])).toEqual({
        problem: expect.stringMatching(new RegExp(`^--hsms takes .*"${name}" is not one\\.$`)),
      });
    },
  );

  it("refuse the same name twice, no name, and options of the other command", () => {
    expect(parseEmulatorsArguments(["--hsms", "contoso,contoso"])).toHaveProperty("problem");
    expect(parseEmulatorsArguments(["--hsms", "contoso,"])).toHaveProperty("problem");
    expect(parseEmulatorsArguments(["--once"])).toEqual({ problem: "There is no option --once; --help lists them." });
  });
});
