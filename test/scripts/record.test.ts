import { describe, expect, test } from "vitest";
import { publishable } from "../../scripts/record-start.ts";
import { drawRecording } from "../../scripts/record-svg.ts";

const LINES = [
  { text: "first", at: 500 },
  { text: "second", at: 500 },
  { text: 'POST {"a":"<&>"}', at: 2_000 },
];

describe("a recording", () => {
  test("shows each line when it was printed, and stands for eight seconds before it begins again", () => {
    const svg = drawRecording("npm start", LINES);
    expect(svg).toContain("@keyframes at500 { 0% { opacity: 0 } 5.00% { opacity: 1 } }");
    expect(svg).toContain(".at2000 { animation: at2000 10s step-end infinite }");
    expect(svg.match(/<text class="at500"/g)).toHaveLength(2);
  });

  test("is the whole last screen where nothing is animated", () => {
    const still = drawRecording("npm start", LINES).replace(/<style>.*<\/style>/s, "");
    expect(still).not.toMatch(/opacity|display|visibility/);
    for (const text of ["$ npm start", "first", "second", 'POST {"a":"&lt;&amp;&gt;"}'])
      expect(still).toContain(`>${text}</text>`);
  });

  test("continues a line of more than 100 characters in the next row, and makes room for it", () => {
    const draw = (length: number) => drawRecording("x", [{ text: "a".repeat(length), at: 0 }]);
    const heightOf = (svg: string) => Number(/ height="(\d+)"/.exec(svg)?.[1]);
    expect(draw(100)).toContain(`>${"a".repeat(100)}</text>`);
    expect(draw(101)).toMatch(/>a{100}<tspan x="16" dy="19">a<\/tspan><\/text>/);
    expect(heightOf(draw(101)) - heightOf(draw(100))).toBe(19);
  });
});

describe("a line of the output", () => {
  test("is published without the key and without control sequences", () => {
    const line = '  curl -H "x-functions-key: abc_DEF-123" \u001b[32m"http://127.0.0.1:7071"\u001b[0m';
    expect(publishable(line, [])).toBe('  curl -H "x-functions-key: …" "http://127.0.0.1:7071"');
    expect(publishable("http://127.0.0.1:7071/api/status#key=abc_DEF-123", [])).toMatch(/#key=…$/);
  });

  test("that names something of the machine stops the recording", () => {
    expect(() => publishable("at /srv/checkout/local/start.ts", ["/srv/checkout"])).toThrow("of this machine");
  });
});
