/** What a span tells besides its times: null where it isn't known. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

type Base = {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly hasSucceeded: boolean;
  readonly attributes: Attributes;
};

/** A whole run, or one step of it. */
export type WorkSpan = Base & { readonly kind: "run" | "step"; readonly outcome: string };
/** One request over the wire. */
export type CallSpan = Base & {
  readonly kind: "call";
  readonly service: Service;
  /** Host and port. */
  readonly target: string;
  /** Without user, query and fragment. */
  readonly url: string;
  /** The status, or what failed. */
  readonly outcome: string;
};
export type Span = WorkSpan | CallSpan;

export type Service = "Managed HSM" | "Azure blob" | "Azure queue" | "identity" | "HTTP";
