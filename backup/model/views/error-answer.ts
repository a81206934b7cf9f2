import * as field from "../fields.ts";

/** Every answer that is an error. `code` is for programs; `message` names the field, or the remedy. */
const errorAnswerEntries = { error: field.shape({ code: field.text, message: field.text }) };
export const errorAnswerSchema = field.shape(errorAnswerEntries);
export type ErrorAnswer = field.FieldsOf<typeof errorAnswerEntries>;
