import type { WriteStream } from "node:tty";

export type Screen = {
  readonly line: (text: string) => void;
  /**
   * What changes all the time. A terminal shows it in one place, below the lines; anywhere else it becomes a line of
   * its own whenever `change`, what matters about it, differs from the last time.
   */
  readonly status: (text: string, change: string) => void;
};

const USUAL_COLUMNS = 80;
const TO_LINE_START_AND_CLEAR = "\r\u001b[2K";

/** Writes for a person to a terminal, or in plain lines to a file or pipe. */
export function createScreen(
  output: Pick<WriteStream, "write"> & { readonly isTTY?: boolean; readonly columns?: number },
): Screen {
  const isLive = output.isTTY === true;
  let status = "";
  let lastChange: string | undefined;
  return {
    line: (text) => {
      output.write(isLive && status !== "" ? `${TO_LINE_START_AND_CLEAR}${text}\n${status}` : `${text}\n`);
    },
    status: (text, change) => {
      if (isLive) {
        // A longer text would wrap, and the next one would clear only its last row. Some terminals report a width of 0.
        status = text.slice(0, (output.columns || USUAL_COLUMNS) - 1);
        output.write(`${TO_LINE_START_AND_CLEAR}${status}`);
      } else if (change !== lastChange && text !== "") {
        output.write(`${text}\n`);
      }
      lastChange = change;
    },
  };
}
