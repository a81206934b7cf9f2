import * as field from "./fields.ts";

/** Asks for the next step of a run. `seq`: the number of the write that it was sent after. */
const messageEntries = { schemaVersion: field.count, hsm: field.hsmName, run: field.runId, seq: field.count };
export const messageSchema = field.shape(messageEntries);
export type FollowMessage = field.FieldsOf<typeof messageEntries>;
