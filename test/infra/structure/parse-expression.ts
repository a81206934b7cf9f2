/** Expressions of Resource Manager's templates: calls, literals, `.name` and `[index]`. */
export type Expression =
  | { readonly is: "literal"; readonly value: string | number }
  | { readonly is: "call"; readonly name: string; readonly given: readonly Expression[] }
  | { readonly is: "property"; readonly of: Expression; readonly at: Expression };

const TOKEN = /\s*('(?:[^']|'')*'|-?\d+|[A-Za-z_$][\w$#]*(?:\.[A-Za-z_][\w]*(?=\())?|[()[\],.])/y;

/** Parses what is between the brackets of `[…]`. @throws Error at anything that isn't such an expression */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let next = 0;
  const take = (expected?: string): string => {
    const token = tokens[next++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expected ${expected ?? "more"} in ${text}, got ${token}`);
    }
    return token;
  };
  const primary = (): Expression => {
    const token = take();
    if (token.startsWith("'")) return { is: "literal", value: token.slice(1, -1).replaceAll("''", "'") };
    if (/^-?\d/.test(token)) return { is: "literal", value: Number(token) };
    take("(");
    const given: Expression[] = [];
    while (tokens[next] !== ")") {
      if (given.length > 0) take(",");
      given.push(whole());
    }
    take(")");
    return { is: "call", name: token, given };
  };
  const whole = (): Expression => {
    let at = primary();
    for (;;) {
      if (tokens[next] === ".") {
        take();
        at = { is: "property", of: at, at: { is: "literal", value: take() } };
      } else if (tokens[next] === "[") {
        take();
        at = { is: "property", of: at, at: whole() };
        take("]");
      } else return at;
    }
  };
  const parsed = whole();
  if (next !== tokens.length) throw new Error(`expected nothing after ${tokens.slice(0, next).join("")} in ${text}`);
  return parsed;
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`no token at ${text.slice(from, from + 20)}`);
    tokens.push(token);
  }
  return tokens;
}
