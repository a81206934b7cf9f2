import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeLogLine } from "../../local/show-log-line.ts";
import { describeEnd, describeNext, describeProgress } from "../../local/show-run.ts";
import { SECRET_SHAPES } from "../secret-shapes.ts";

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

const HSM = "contoso";
const HEADER = "x-functions-key: ";
const svg = read("docs/start.svg");
/** The command, npm's own four lines, and then what the program printed. */
const [command, , , launched, , ...lines] = [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/gs)].map(([, content = ""]) =>
  content
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&"),
);

/** A line without what differs from start to start: each word with a digit in it, and the key. */
const wordsOf = (line: string): string =>
  line
    .split(/\s+/)
    .filter((word) => word !== "" && !/[\d…]/.test(word))
    .join(" ");

/** The lines that `local/start.ts` prints as they stand there. */
const written = [...read("local/start.ts").matchAll(/screen\.line\(\s*(["`])(.+?)\1,?\s*\)/g)].map(([, , line = ""]) =>
  wordsOf(line.replaceAll(/\$\{HSM\}/g, HSM).replaceAll(/\$\{[^}]*\}/g, "0")),
);

const FOLDER = "https://127.0.0.1:1/a1/mhsm-1";
const STARTED = { id: "1", hsm: HSM, container: "c1", startedAt: new Date(0), error: null } as const;
const ACTIVE = { ...STARTED, folderUrl: null, blobCount: null, bytes: null, endedAt: null } as const;
const ENDED = { ...STARTED, folderUrl: FOLDER, blobCount: 3, bytes: 1_000, endedAt: new Date(1) } as const;
const progress = ["Starting", "InProgress"].flatMap((state) =>
  [0, 1, 2].flatMap((blobs) =>
    [0, 1_000].map((bytes) => describeProgress({ run: { ...ACTIVE, state }, written: { blobs, bytes }, seconds: 1 })),
  ),
);
const event = (name: string, fields: object): string =>
  describeLogLine(JSON.stringify({ event: name, level: "information", hsm: HSM, ...fields })) ?? "";
const accepted = event("backup.started", { jobId: "1" });
const looked = event("backup.followed", { state: "InProgress", doubt: null, nextAt: "2026-01-01T00:00:00Z" });
const verified = event("backup.succeeded", { blobCount: 3, bytes: 1_000, seconds: 1 });
const last = [...describeEnd({ ...ENDED, state: "Succeeded" }), ...describeNext("http://127.0.0.1:1", "1", HSM)];

describe("the recording of npm start in the README", () => {
  test("shows every line that npm start prints; if not, npm run record makes a new one", () => {
    expect(written.length).toBeGreaterThan(3);
    const shown = lines.map(wordsOf);
    for (const line of [...written, ...[accepted, verified, ...last].map(wordsOf)]) expect(shown).toContain(line);
  });

  test("shows no other line", () => {
    expect(lines.length).toBeGreaterThan(0);
    const known = [...written, ...[accepted, looked, verified, ...progress, ...last].map(wordsOf)];
    expect(lines.filter((line) => !known.includes(wordsOf(line)))).toEqual([]);
  });

  test("is of the command that the README gives", () => {
    const script = /"start": "(.*)"/.exec(read("package.json"))?.[1];
    expect([command, launched]).toEqual(["$ npm start", `> ${script}`]);
    expect(read("README.md")).toContain("](docs/start.svg)");
  });

  test("holds no path of a machine, and no secret", () => {
    expect(svg).not.toMatch(/\/(home|root|tmp|var|usr|Users|private|work|workspaces?)\/|[A-Z]:\\/);
    expect(svg).toContain(`${HEADER}…"`);
    const others = svg.replace(HEADER, "");
    for (const shape of SECRET_SHAPES) expect(others).not.toMatch(shape);
  });

  test("is well-formed, small, and loads nothing", () => {
    expect(svg.length).toBeLessThan(60_000);
    expect(svg).not.toMatch(/<script|<image|<use|<foreignObject|href|url\(|@import|\son\w+=/);
    expect(svg).not.toMatch(/&(?!(amp|lt|gt);)/);
    const open: string[] = [];
    const rest = svg.replaceAll(/<(\/?)(\w+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g, (_tag, end, name, _attributes, alone) => {
      if (end === "/") expect(open.pop()).toBe(name);
      else if (alone === "") open.push(name);
      return "";
    });
    expect(open).toEqual([]);
    expect(rest).not.toContain("<");
  });
});
