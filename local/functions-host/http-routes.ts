import type { HttpTrigger } from "./triggers.ts";

type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string; readonly isOptional: boolean; readonly fits: RegExp }
  | { readonly kind: "rest"; readonly name: string };

export type Route<T> = {
  readonly segments: readonly Segment[];
  readonly methods: readonly string[];
  readonly target: T;
};
export type RouteMatch<T> = { readonly target: T; readonly params: Readonly<Record<string, string>> };

// The route constraints of ASP.NET that are plain questions about the text; anything else is refused at start.
const CONSTRAINTS: Readonly<Record<string, RegExp>> = {
  "": /^.+$/s,
  alpha: /^[a-z]+$/i,
  bool: /^(true|false)$/i,
  guid: /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i,
  int: /^-?\d{1,10}$/,
  long: /^-?\d{1,19}$/,
};
const PARAMETER = /^\{(\*{0,2})([^:?}]+)(?::([^?}]*))?(\?)?\}$/;

/** @throws Error in one sentence for a template that this host can't match as ASP.NET would. */
export function parseRoute<T>(prefix: string, trigger: Pick<HttpTrigger, "route" | "methods">, target: T): Route<T> {
  const path = [...prefix.split("/"), ...trigger.route.split("/")].filter((part) => part !== "");
  return { segments: path.map((part) => parseSegment(part, trigger.route)), methods: trigger.methods, target };
}

function parseSegment(part: string, route: string): Segment {
  if (!part.includes("{")) return { kind: "literal", text: part.toLowerCase() };
  const [, stars, name, constraint = "", optional] = PARAMETER.exec(part) ?? [];
  const fits = CONSTRAINTS[constraint.toLowerCase()];
  if (name === undefined || fits === undefined)
    throw new Error(`The route "${route}" has the part "${part}", which this local host doesn't imitate.`);
  if (stars !== "") return { kind: "rest", name };
  return { kind: "parameter", name, isOptional: optional !== undefined, fits };
}

/**
 * The function for a request. A literal part wins over a parameter, as in ASP.NET. A path that is known with another method
 * only is as unknown as any other: the real host answers 404, not 405.
 */
export function matchRoute<T>(routes: readonly Route<T>[], method: string, path: string): RouteMatch<T> | undefined {
  // One slash at the end is overlooked; an empty part in the middle is a part that nothing fits.
  const inner = path.replace(/^\/|\/$/g, "");
  const parts = inner === "" ? [] : inner.split("/").map(decode);
  let best: { readonly match: RouteMatch<T>; readonly rank: string } | undefined;
  for (const route of routes) {
    const params = route.methods.includes(method) ? matchSegments(route.segments, parts) : undefined;
    if (params === undefined) continue;
    const rank = route.segments.map(rankOf).join("");
    if (best === undefined || rank < best.rank) best = { match: { target: route.target, params }, rank };
  }
  return best?.match;
}

const rankOf = (segment: Segment): string => ({ literal: "0", parameter: "1", rest: "2" })[segment.kind];

function matchSegments(segments: readonly Segment[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "rest") {
      params[segment.name] = parts.slice(index).join("/");
      return params;
    }
    const part = parts[index];
    if (segment.kind === "literal") {
      if (part?.toLowerCase() !== segment.text) return undefined;
    } else if (part === undefined) {
      if (!segment.isOptional) return undefined;
    } else {
      if (!segment.fits.test(part)) return undefined;
      params[segment.name] = part;
    }
  }
  return parts.length > segments.length ? undefined : params;
}

function decode(part: string): string {
  try {
    // A slash inside a part stays as it was written, so that it can't be taken for one between parts.
    return decodeURIComponent(part.replace(/%2f/gi, "%252F"));
  } catch {
    return part;
  }
}
