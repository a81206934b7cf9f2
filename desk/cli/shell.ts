/** A stream that the program writes to. */
export type Output = {
  readonly write: (text: string) => unknown;
  /** Whether a person sees it on a terminal. */
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** What the program gets from outside. */
export type Shell = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data, and nothing else. */
  readonly stdout: Output;
  /** Progress and messages. */
  readonly stderr: Output;
  readonly now: () => Date;
  /** Resolves after that many milliseconds; rejects when `signal` is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly readFile: (path: string) => Promise<string>;
  /** A new random text. */
  readonly random: () => string;
};

/** Whether lines may be rewritten in place: on a terminal that knows how to. */
export const isLive = ({ isTTY }: Output, { TERM }: Shell["env"]): boolean => isTTY === true && TERM !== "dumb";

/** Whether to use colours. https://no-color.org */
export const hasColours = (output: Output, env: Shell["env"]): boolean => isLive(output, env) && !env.NO_COLOR;

const USUAL_COLUMNS = 80;
/** Some terminals report a width of 0. */
export const columnsOf = ({ columns }: Output): number => columns || USUAL_COLUMNS;
