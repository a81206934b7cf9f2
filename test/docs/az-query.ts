/** A command of a document with its `--query`: `words` are those before the first option. */
export type AzQuery = { readonly words: string; readonly query: string };

const COMMAND = /\baz ((?:[a-z][a-z-]* )+)[^\n`;|)]*?--query ("[^"]*"|'[^']*'|[^\s`)]+)/g;

/** Every `az … --query …` of a text. */
export const azQueries = (text: string): readonly AzQuery[] =>
  [...text.matchAll(COMMAND)].map(([, words = "", query = ""]) => ({
    words: words.trim(),
    query: query.replace(/^(["'])(.*)\1$/, "$2"),
  }));

const STEP =
  /\.?(?<name>\w+)|\.\{(?<hash>[^}]+)\}|\[(?<index>\d+)\]|(?<all>\[\])|\[\?(?<verb>starts_with|contains)\((?<field>\w+), '(?<text>[^']*)'\)\]|\[\?(?<key>\w+)=='(?<value>[^']*)'\]/y;

/** What `az` prints of an answer: the part of JMESPath that our documents use. @throws Error at any other */
export function queried(answer: unknown, query: string): unknown {
  if (query === "length(@)") return listOf(answer).length;
  for (const path of query.split("||")) {
    const found = follow(answer, path.trim());
    if (found !== undefined && found !== null) return found;
  }
  return null;
}

function follow(answer: unknown, path: string): unknown {
  let found: readonly unknown[] = [answer];
  let isList = false;
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const groups = STEP.exec(path)?.groups;
    if (groups === undefined) throw new Error(`this query can't be read: ${path}`);
    const { name, hash, index, verb, field = "", text = "", key, value } = groups;
    if (name !== undefined) found = found.map((each) => fieldOf(each, name));
    else if (hash !== undefined) found = found.map((each) => picked(each, hash));
    else if (index !== undefined) found = found.map((each) => listOf(each)[Number(index)]);
    else {
      isList = true;
      found = found.flatMap(listOf).filter((each) => {
        if (key !== undefined) return fieldOf(each, key) === value;
        if (verb === undefined) return true;
        const whole = String(fieldOf(each, field));
        return verb === "contains" ? whole.includes(text) : whole.startsWith(text);
      });
    }
  }
  const known = found.filter((each) => each !== undefined && each !== null);
  return isList ? (known.length === 0 ? null : known) : known[0];
}

/** `{to:from, …}`; nothing where any of them isn't there. */
function picked(value: unknown, hash: string): unknown {
  const entries = hash.split(",").map((each) => {
    const [to = "", from = ""] = each.trim().split(":");
    return [to, fieldOf(value, from)] as const;
  });
  return entries.every(([, found]) => found !== undefined && found !== null) ? Object.fromEntries(entries) : undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
