import { readdir, readFile } from "node:fs/promises";
import { parseAst } from "vitest/node";

/** Separates a file, its suites and a test, where a document names one. */
export const SEPARATOR = " › ";

/** Titles of each file of tests, from the outermost `describe` inwards; a file's name is its path from the root. */
export type TestTitles = ReadonlyMap<string, readonly string[]>;

const TEST_FILE = /\.(test|contract)\.ts$/;
const KINDS: ReadonlyMap<unknown, "suite" | "test"> = new Map([
  ["describe", "suite"],
  ["test", "test"],
  ["it", "test"],
]);
/** What may stand behind them for a test that is run. One that is skipped, or to be written, shows nothing. */
const RUNNING = ["concurrent", "sequential"];
const WITH_ROWS = ["each", "for"];

/** Reads every file of tests below the folder `test/` of `root`. */
export async function readTestTitles(root: string): Promise<TestTitles> {
  const names = await readdir(`${root}/test`, { recursive: true });
  const files = names.filter((name) => TEST_FILE.test(name)).map((name) => `test/${name.replaceAll("\\", "/")}`);
  const titles = files.map(async (file) => [file, titlesIn(await readFile(`${root}/${file}`, "utf8"))] as const);
  return new Map(await Promise.all(titles));
}

/**
 * The titles of the tests in a TypeScript source, each as `suite › test`. Those of `each` and `for` stand as they are
 * written (`takes %j`), and what isn't a literal is written `${…}`, as in a template.
 */
export const titlesIn = (source: string): readonly string[] =>
  titlesBelow(parseAst(source, { lang: "ts" }), source, []);

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

function titlesBelow(value: unknown, source: string, suites: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => titlesBelow(item, source, suites));
  if (typeof value !== "object" || value === null) return [];
  const kind = isNode(value) && value.type === "CallExpression" ? kindOf(value.callee) : undefined;
  if (kind === undefined || !isNode(value)) {
    return Object.values(value).flatMap((child: unknown) => titlesBelow(child, source, suites));
  }
  const [title, ...rest] = Array.isArray(value.arguments) ? value.arguments : [];
  const names = [...suites, textOf(title, source)];
  switch (kind) {
    case "test":
      return [names.join(SEPARATOR)];
    case "suite":
      return titlesBelow(rest, source, names);
    case "not run":
      return [];
  }
}

/** What a call with this callee is: `test`, `describe.concurrent`, `test.each(rows)` …; undefined for any other call. */
function kindOf(callee: unknown): "suite" | "test" | "not run" | undefined {
  if (!isNode(callee)) return undefined;
  switch (callee.type) {
    case "Identifier":
      return KINDS.get(callee.name);
    case "MemberExpression": {
      const name = nameIn(callee);
      // With rows it is called twice, and only the second call has the title.
      if (WITH_ROWS.includes(name)) return undefined;
      const kind = kindOf(callee.object);
      return kind === undefined || RUNNING.includes(name) ? kind : "not run";
    }
    case "CallExpression":
      return kindWithRows(callee.callee);
    case "TaggedTemplateExpression":
      return kindWithRows(callee.tag);
    default:
      return undefined;
  }
}

const kindWithRows = (maker: unknown): ReturnType<typeof kindOf> =>
  isNode(maker) && maker.type === "MemberExpression" && WITH_ROWS.includes(nameIn(maker))
    ? kindOf(maker.object)
    : undefined;

function textOf(node: unknown, source: string): string {
  if (!isNode(node)) return "";
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "BinaryExpression" && node.operator === "+") {
    return textOf(node.left, source) + textOf(node.right, source);
  }
  const written = source.slice(Number(node.start), Number(node.end));
  return node.type === "TemplateLiteral" ? written.slice(1, -1) : `\${${written}}`;
}

const nameIn = ({ property }: Node): string => (isNode(property) ? String(property.name) : "");

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
