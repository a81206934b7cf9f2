import { describe, expect, it } from "vitest";
import { createScreen } from "../../local/screen.ts";

const CLEAR = "\r\u001b[2K";

function recordedScreen(isTTY: boolean, columns = 80) {
  let written = "";
  const write = (text: string | Uint8Array): boolean => {
    written += String(text);
    return true;
  };
  return { screen: createScreen({ write, isTTY, columns }), written: () => written };
}

describe("the screen", () => {
  it("has only plain lines where it isn't a terminal, and a status only when something changed", () => {
    const { screen, written } = recordedScreen(false);
    screen.line("one");
    screen.status("running for 1 s", "running");
    screen.status("running for 2 s", "running");
    screen.status("running for 3 s, 1 blob", "running 1");
    screen.line("two");
    screen.status("", "");
    expect(written()).toBe("one\nrunning for 1 s\nrunning for 3 s, 1 blob\ntwo\n");
  });

  it("keeps the status below the lines on a terminal, and takes it away at the end", () => {
    const { screen, written } = recordedScreen(true);
    screen.status("1 s", "1");
    screen.line("one");
    screen.status("", "");
    screen.line("two");
    expect(written()).toBe(`${CLEAR}1 s${CLEAR}one\n1 s${CLEAR}two\n`);
  });

  it("cuts a status that would wrap", () => {
    const { screen, written } = recordedScreen(true, 5);
    screen.status("123456", "");
    expect(written()).toBe(`${CLEAR}1234`);
  });

  it("shows a status on a terminal that reports no width", () => {
    const { screen, written } = recordedScreen(true, 0);
    screen.status("123456", "");
    expect(written()).toBe(`${CLEAR}123456`);
  });
});
