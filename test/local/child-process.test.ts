import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type ProgramPlan, startProgram } from "../../local/child-process.ts";
import { readListeningLine } from "../../local/listening-line.ts";
import { listen } from "../listen.ts";
import { isAlive } from "../processes.ts";
import { until } from "../until.ts";

const PROGRAM = fileURLToPath(new URL("./fixtures/program.ts", import.meta.url));
const never = new AbortController().signal;

const plan = (...command: readonly string[]): ProgramPlan<string> => ({
  name: "The program",
  command: [PROGRAM, ...command],
  environment: process.env,
  readReady: readListeningLine,
  endsBy: "SIGTERM",
});

describe("a program of the local world", () => {
  it("runs once it has reported that it listens, and no longer after it was stopped", async () => {
    const { program, ready } = await startProgram(plan("serve"), never);
    expect(ready).toBe("listening");
    expect(isAlive(program.pid)).toBe(true);
    await program.stop();
    expect(isAlive(program.pid)).toBe(false);
  });

  it("is given the time to finish what it does", async () => {
    const heard: string[] = [];
    const { program } = await startProgram({ ...plan("say goodbye"), onErrorLine: (line) => heard.push(line) }, never);
    await program.stop();
    expect(heard).toEqual(["goodbye"]);
    expect(await program.ended).toBe(
      'The program ended with exit code 0. Its last output:\n{"url":"listening"}\ngoodbye',
    );
  });

  it("that ends before it listens is reported with its last output", async () => {
    await expect(startProgram(plan("die"), never)).rejects.toThrow(
      "The program ended with exit code 3. Its last output:\nthere is no disk",
    );
  });

  it("that finds its port in use is reported in one sentence", async () => {
    const taken = createServer();
    const port = await listen(taken);
    await expect(startProgram(plan("serve", String(port)), never)).rejects.toThrow(
      `Port ${port} is in use, so The program can't listen on it: end what uses it, or choose another port.`,
    );
    taken.close();
  });

  it("reports its end", async () => {
    const { program } = await startProgram(plan("end"), never);
    expect(await program.ended).toContain("The program ended with exit code 0");
    await program.stop();
  });

  it("reports that it was killed", async () => {
    const { program } = await startProgram(plan("serve"), never);
    process.kill(program.pid, "SIGKILL");
    expect(await program.ended).toContain("The program was ended by SIGKILL");
  });

  it("that is called off while it starts isn't left running", async () => {
    const stopping = new AbortController();
    const starting = startProgram(plan("never listen"), stopping.signal);
    stopping.abort(new Error("called off"));
    await expect(starting).rejects.toThrow("called off");
  });

  it("isn't started at all when it was called off before", async () => {
    await expect(startProgram(plan("serve"), AbortSignal.abort(new Error("called off")))).rejects.toThrow("called off");
  });

  it("is out of reach of a Ctrl-C at the terminal, which is meant for its parent", async () => {
    const { program } = await startProgram(plan("serve"), never);
    // A terminal signals a process group: the program leads one of its own.
    expect(() => process.kill(-program.pid, 0)).not.toThrow();
    await program.stop();
    await until("the end of its process group", () => !isAlive(-program.pid));
  });
});

describe("the line with an address", () => {
  it.each([
    ['{"url":"https://127.0.0.1:8443","more":1}', "https://127.0.0.1:8443"],
    ['{"url":7}', undefined],
    ["null", undefined],
    ["Listening on 8443", undefined],
  ])("is recognized in %j", (line, url) => {
    expect(readListeningLine(line)).toBe(url);
  });
});
