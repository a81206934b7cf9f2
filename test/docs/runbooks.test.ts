import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { bind } from "../infra/kql/bind.ts";
import { SCHEMAS } from "../infra/kql/schemas.ts";
import { EVENT_NAMES, SETTINGS } from "../infra/product-contract.ts";
import { fieldsAt } from "../infra/structure/template.ts";
import { azQueries, queried } from "./az-query.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const FOLDER = join("docs", "runbooks");
const HEADINGS = ["What it means", "See more", "What to do", "How to know that it is over"];
/** Pages of a task, not of an alarm. */
const TASKS = ["README", "ledger", "move-region", "permissions", "remove", "restore", "rotate-hsm", "upgrade"];

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const pages = readdirSync(join(ROOT, FOLDER)).map((file) => ({
  name: file.replace(/\.md$/, ""),
  path: join(FOLDER, file),
  text: read(join(FOLDER, file)),
}));
const alarms = Object.keys(fieldsAt(JSON.parse(read("infra/alarms/definitions.json"))));

const found = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].flatMap(([, group]) => group ?? []);
const headingsOf = (text: string): readonly string[] => found(text, /^## (.+)$/gm);
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");

/** What a link of a page leads to, or why it leads nowhere. */
function problemOf(page: { readonly path: string }, link: string): string | undefined {
  if (/^https:/.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? page.path : normalize(join(dirname(page.path), file));
  if (!existsSync(join(ROOT, target))) return `${page.path}: ${link}: no such file`;
  if (anchor === undefined) return undefined;
  const anchors = found(read(target), /^#+ (.+)$/gm).map(anchorOf);
  return anchors.includes(anchor) ? undefined : `${page.path}: ${link}: no such heading`;
}

describe("the runbooks", () => {
  test("have a page for each alarm, and for no other", () => {
    const ofAlarms = pages.map(({ name }) => name).filter((name) => !TASKS.includes(name));
    expect(ofAlarms.toSorted()).toEqual(alarms.toSorted());
    expect(alarms.length).toBeGreaterThan(9);
  });

  test("have every page in the index", () => {
    const index = pages.find(({ name }) => name === "README")?.text ?? "";
    const linked = found(index, /\]\(([a-z-]+)\.md\)/g);
    expect([...new Set(linked)].toSorted()).toEqual(
      pages
        .map(({ name }) => name)
        .filter((name) => name !== "README")
        .toSorted(),
    );
  });

  test.each(alarms)("say of %s what it means, how to see more, what to do and when it is over", (alarm) => {
    const page = pages.find(({ name }) => name === alarm);
    expect(headingsOf(page?.text ?? "")).toEqual(HEADINGS);
    const parts = (page?.text ?? "").split(/^## .+$/m).slice(1);
    for (const part of parts) expect(part.trim().length).toBeGreaterThan(40);
  });

  test.each([
    ["five-hsms", "https://contoso.example/runbooks"],
    ["one-hsm", undefined],
  ])("are where the alarms of %s say: a mail has an address, or names the page", (kind, address) => {
    const { predictedResources } = fieldsAt(JSON.parse(read(`infra/snapshots/${kind}.snapshot.json`)));
    const all = (Array.isArray(predictedResources) ? predictedResources : []).map((each) => fieldsAt(each));
    const rules = all.filter(({ type }) => type === "Microsoft.Insights/scheduledQueryRules");
    expect(rules).toHaveLength(alarms.length);
    for (const { name, properties } of rules) {
      const alarm = String(name).replace("mhsm-backup-", "");
      const { description, actions } = fieldsAt(properties);
      expect(description).toMatch(new RegExp(` Runbook: ${address ?? FOLDER.replaceAll("\\", "/")}/${alarm}\\.md$`));
      const link = address === undefined ? {} : { runbook: `${address}/${alarm}.md` };
      expect(fieldsAt(actions).customProperties).toEqual({ alarm, ...link });
    }
  });

  test("link only to files and headings that there are", () => {
    const links = pages.flatMap((page) => found(page.text, /\]\(([^)\s]+)\)/g).map((link) => ({ page, link })));
    expect(links.length).toBeGreaterThan(40);
    expect(links.flatMap(({ page, link }) => problemOf(page, link) ?? [])).toEqual([]);
  });

  test("have queries that the official parser binds with no finding, one on each alarm's page", () => {
    const queries = pages.flatMap(({ name, text }) =>
      found(text, /```kql\n([\s\S]*?)```/g).map((query) => ({ name, query })),
    );
    expect(alarms.filter((alarm) => !queries.some(({ name }) => name === alarm))).toEqual([]);
    const findings = queries.flatMap(({ name, query }) =>
      bind(query, SCHEMAS).findings.map(({ message }) => `${name}: ${message}`),
    );
    expect(findings).toEqual([]);
  });

  test("name only settings and events of the contract", () => {
    const text = pages.map((page) => page.text).join("\n");
    const settings = found(text, /\b(BACKUP_[A-Z_]*[A-Z])\b/g);
    expect(settings.length).toBeGreaterThan(10);
    expect([...new Set(settings)].filter((name) => !Object.hasOwn(SETTINGS, name))).toEqual([]);
    const events = found(text, /["`]((?:backup|settings|message|step|record|job|spans|ledger)\.[a-z][A-Za-z]+)["`]/g);
    expect(events.length).toBeGreaterThan(20);
    expect([...new Set(events)].filter((event) => !EVENT_NAMES.includes(event))).toEqual([]);
  });

  test("name only npm scripts that there are", () => {
    const scripts = Object.keys(fieldsAt(JSON.parse(read("package.json")), "scripts"));
    const named = pages.flatMap(({ text }) => found(text, /npm run ([a-z:]+)/g));
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  test("query only what az answers, in each shape that it has", () => {
    const answers = fieldsAt(JSON.parse(read("test/docs/az-answers.json")));
    const texts = [...pages.map(({ text }) => text), read("README.md"), read("infra/README.md")];
    const queries = texts.flatMap(azQueries);
    expect(queries.length).toBeGreaterThan(8);
    expect(texts.join("\n").match(/--query /g)).toHaveLength(queries.length);
    for (const { words, query } of queries) {
      const shapes = answers[words];
      if (!Array.isArray(shapes)) throw new Error(`there is no answer to az ${words} in az-answers.json`);
      for (const shape of shapes) expect(queried(shape, query), `az ${words} --query ${query}`).toBeTruthy();
    }
  });

  test("use only variables that the index or the page itself sets", () => {
    const setIn = (text: string) => found(text, /(?:^|; |\bfor )([A-Z]+)(?:=| in )/gm);
    const index = setIn(pages.find(({ name }) => name === "README")?.text ?? "");
    expect(index).toEqual(["GROUP", "APP", "KEY", "URL"]);
    const unset = pages.flatMap(({ name, text }) =>
      found(text, /\$([A-Z]+)\b/g)
        .filter((used) => ![...index, ...setIn(text.replaceAll(/^ +/gm, ""))].includes(used))
        .map((used) => `${name}: $${used}`),
    );
    expect([...new Set(unset)]).toEqual([]);
  });

  test("say what helps when the timer has stopped for good: an outside scheduler, then a new name", () => {
    const silent = pages.find(({ name }) => name === "silent")?.text ?? "";
    const [, step = ""] = /\n(\d\. Health answers 200, other lines arrive[\s\S]*?)\n\d\. /.exec(silent) ?? [];
    expect(step).toContain("https://github.com/Azure/azure-functions-host/issues/11828");
    expect(step.indexOf("curl -X POST")).toBeGreaterThan(0);
    expect(step.indexOf("**new name**")).toBeGreaterThan(step.indexOf("curl -X POST"));
  });

  test("never delete the group: azd down and az group delete are only named to forbid them", () => {
    const lines = [...pages.map(({ text }) => text), read("infra/README.md")].join("\n").split("\n");
    const named = lines.filter((line) => /azd down|az group delete/.test(line));
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((line) => !/\*\*Never /.test(line))).toEqual([]);
  });

  test("say on each page with a command for Azure that it wasn't tried here", () => {
    const silentOnes = pages.filter(
      ({ text }) =>
        /\baz (?!keyvault key recover)[a-z]+ /.test(text) && !/n['o]t tried|was tried against Azure/.test(text),
    );
    expect(silentOnes.map(({ name }) => name)).toEqual([]);
  });
});
