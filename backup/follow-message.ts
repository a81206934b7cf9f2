import { BadField, count, fieldsOf, text, versionNumber } from "./fields.ts";
import { isHsmName } from "./hsm.ts";
import { runId } from "./run-id.ts";

const VERSION = 1;

/** Wakes a run; the record says what to do. `seq`: the state of the record that it was sent for. */
export type FollowMessage = { readonly hsm: string; readonly run: string; readonly seq: number };

export type ReadMessage =
  | { readonly outcome: "message"; readonly message: FollowMessage }
  | { readonly outcome: "newer"; readonly version: number }
  | { readonly outcome: "foreign"; readonly problem: string };

/** The message as it goes into the queue. */
export const toMessageBody = (message: FollowMessage) => ({ v: VERSION, ...message });

/** Reads what came out of the queue: already parsed JSON, or any text that somebody put there. */
export function readMessage(body: unknown): ReadMessage {
  try {
    const fields = fieldsOf(body, "message");
    const version = versionNumber(fields, "v");
    if (version > VERSION) return { outcome: "newer", version };
    const message = { hsm: text(fields, "hsm"), run: runId(fields, "run"), seq: count(fields, "seq") };
    if (!isHsmName(message.hsm)) throw new BadField("hsm", "the name of an HSM", message.hsm);
    return { outcome: "message", message };
  } catch (thrown) {
    if (thrown instanceof BadField) return { outcome: "foreign", problem: thrown.message };
    throw thrown;
  }
}
