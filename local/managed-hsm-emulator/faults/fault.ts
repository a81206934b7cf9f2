import type { ErrorShape, Headers } from "../wire/key-vault-error.ts";
import type { Operation } from "../wire/operations.ts";

/** Changes what one call is answered, or when. */
export type AnswerFault = { readonly changes: "answer" } & (
  | { readonly fault: "dropAnswer" | "holdAnswer" | "hold" | "hang" | "errorInside200" | "byteOrderMark" }
  | { readonly fault: "slow"; readonly seconds: number }
  | {
      readonly fault: "status";
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly retryAfter?: number | string;
      readonly shape?: ErrorShape;
    }
  | { readonly fault: "answer"; readonly status: number; readonly body: unknown; readonly headers: Headers }
);

/** Changes the course of the job that a call starts. */
export type CourseFault = { readonly changes: "course" } & (
  | { readonly fault: "slow"; readonly seconds: number }
  | { readonly fault: "failAt"; readonly share: number }
  | { readonly fault: "neverEnds" | "emptyFolder" }
);

/** Changes what is seen of a job: at every look, when the start is hit; at one look, when the look is. */
export type DisguiseFault = { readonly changes: "disguise" } & (
  | { readonly fault: "loseJob" | "noFolder" | "nullError" | "refusedLook" }
  | { readonly fault: "foreignFolder"; readonly folderUrl: string }
  | { readonly fault: "jobStatus"; readonly status: string }
);

export type Fault = AnswerFault | CourseFault | DisguiseFault;

/** What a fault is scripted for. */
export type Subject = Operation | "any";

export type ScriptedFault = { readonly operation: Subject; readonly fault: Fault; left: number };
