import { toJsonSchema } from "@valibot/to-json-schema";
import { describe, expect, it } from "vitest";
import { messageSchema } from "../../../backup/model/message.ts";
import { endedRecordSchema, runSchema } from "../../../backup/model/run.ts";
import { stateSchema } from "../../../backup/model/state.ts";
import { startRequestSchema } from "../../../functions/read-start-request.ts";

const SCHEMAS = { messageSchema, endedRecordSchema, runSchema, stateSchema, startRequestSchema };

describe("every schema", () => {
  it.each(Object.entries(SCHEMAS))("%s converts to JSON Schema, draft 2020-12", (_name, schema) => {
    const converted = toJsonSchema(schema, { target: "draft-2020-12", errorMode: "throw" });
    expect(JSON.parse(JSON.stringify(converted))).toEqual(converted);
    expect(JSON.stringify(converted)).toContain('"required":[');
  });
});
