import { parseArgs } from "node:util";

/** What one chaos run is to do. */
export type Plan = {
  /** The least number of runs that have ended before the faults stop. */
  readonly runs: number;
  /** And the least number of kills, as many as half the runs. */
  readonly kills: number;
  readonly hsms: number;
  readonly hosts: number;
  /** The longest time that faults are made for. */
  readonly minutes: number;
  readonly seed: number;
};

export type ReadPlan = { readonly plan: Plan } | { readonly problem: string } | { readonly help: string };

export const USAGE = `npm run chaos -- [options]
  --runs N     the faults stop once N runs have ended and N/2 processes were killed (default: 12)
  --hsms M     emulated Managed HSMs (default: 4)
  --hosts H    Functions hosts (default: 2)
  --minutes T  the longest time to make faults for (default: 15); fewer than N ended runs by then is exit 1
  --seed S     the choices of an earlier run; the machine's timing stays its own`;

const KILLS_PER_RUN = 0.5;
const DEFAULTS = { runs: 12, hsms: 4, hosts: 2, minutes: 15 } as const;
const MOST = { runs: 100_000, hsms: 200, hosts: 10, minutes: 24 * 60 } as const;
const LARGEST_SEED = 999_999_999;

/** Reads the command line. @param anySeed what to take where none is given */
export function readPlan(args: readonly string[], anySeed: number): ReadPlan {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        runs: { type: "string" },
        hsms: { type: "string" },
        hosts: { type: "string" },
        minutes: { type: "string" },
        seed: { type: "string" },
        help: { type: "boolean" },
      },
    });
    if (values.help === true) return { help: USAGE };
    const amount = (name: keyof typeof DEFAULTS): number => {
      const text = values[name] ?? String(DEFAULTS[name]);
      return readNumber(name, text, name === "minutes" ? 0 : 1, MOST[name], name !== "minutes");
    };
    const runs = amount("runs");
    return {
      plan: {
        runs,
        kills: Math.ceil(runs * KILLS_PER_RUN),
        hsms: amount("hsms"),
        hosts: amount("hosts"),
        minutes: amount("minutes"),
        seed: values.seed === undefined ? anySeed : readNumber("seed", values.seed, 0, LARGEST_SEED, true),
      },
    };
  } catch (thrown) {
    return { problem: `${thrown instanceof Error ? thrown.message : String(thrown)}\n${USAGE}` };
  }
}

export const makeSeed = (): number => Math.floor(Math.random() * LARGEST_SEED);

function readNumber(name: string, text: string, least: number, most: number, isWhole: boolean): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most) || (isWhole && !Number.isInteger(value)))
    throw new Error(
      `--${name} takes ${isWhole ? "a whole number" : "a number"} from ${least} to ${most}, not "${text}"`,
    );
  return value;
}
