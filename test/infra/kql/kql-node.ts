/** A column of a table, with its KQL type. */
export type Column = { readonly name: string; readonly type: string };

/** A node of the official parser's tree, with what its binder found out: plain data, so that no more of the library is needed. */
export type KqlNode = {
  /** The parser's own word for it, such as `FilterOperator`. */
  readonly kind: string;
  /** A token's text; empty for everything that has children. */
  readonly text: string;
  /** The unescaped value of a string literal. */
  readonly literal: string | null;
  /** The KQL type of a scalar. */
  readonly type: string | null;
  /** The columns of what is a table. */
  readonly columns: readonly Column[] | null;
  /** Separators are left out; a list is one node. */
  readonly children: readonly KqlNode[];
};

/** Something that the translation doesn't know, or knows to behave otherwise in SQL: never skipped. */
export class Untranslatable extends Error {
  override readonly name = "Untranslatable";

  constructor(what: string, node?: KqlNode) {
    super(node === undefined ? what : `${what} (${node.kind}: ${textOf(node).slice(0, 120)})`);
  }
}

/** The only child of that kind; undefined where there is none. */
export function childOf(node: KqlNode, ...kinds: readonly string[]): KqlNode | undefined {
  const found = node.children.filter(({ kind }) => kinds.includes(kind));
  if (found.length > 1) throw new Untranslatable(`more than one ${kinds.join(" or ")}`, node);
  return found[0];
}

/** The child at that place, which the grammar says is there. */
export function childAt(node: KqlNode, index: number): KqlNode {
  const child = node.children.at(index);
  if (child === undefined) throw new Untranslatable(`no child ${index}`, node);
  return child;
}

/** The items of the lists directly below, in order. */
export const listsOf = (node: KqlNode): readonly (readonly KqlNode[])[] =>
  node.children.filter(({ kind }) => kind === "List").map(({ children }) => children);

/** The list at that place among the lists directly below. */
export function listAt(node: KqlNode, index: number): readonly KqlNode[] {
  const list = listsOf(node)[index];
  if (list === undefined) throw new Untranslatable(`no list ${index}`, node);
  return list;
}

/** The tokens of a node, one space between them. */
export const textOf = (node: KqlNode): string =>
  node.children.length === 0 ? node.text : node.children.map(textOf).filter(Boolean).join(" ");

/** A name without its quotes. */
export const nameOf = (node: KqlNode): string => textOf(node).replace(/^\['(.*)'\]$/, "$1");
