import { toJsonSchema } from "@valibot/to-json-schema";
import { describe, expect, it } from "vitest";
import { messageSchema } from "../../../backup/model/message.ts";
import { endedRecordSchema, runSchema } from "../../../backup/model/run.ts";
import { stateSchema } from "../../../backup/model/state.ts";
import { coverageSchema } from "../../../backup/model/views/coverage-view.ts";
import { hsmsSchema } from "../../../backup/model/views/hsm-view.ts";
import { runListSchema } from "../../../backup/model/views/listed-run.ts";
import { healthSchema } from "../../../backup/model/views/standing.ts";
import { startRequestSchema } from "../../../functions/http/read-start-request.ts";

const SCHEMAS = {
  messageSchema,
  endedRecordSchema,
  runSchema,
  stateSchema,
  startRequestSchema,
  hsmsSchema,
  coverageSchema,
  runListSchema,
  healthSchema,
};

describe("every schema", () => {
  it.each(Object.entries(SCHEMAS))("%s converts to JSON Schema, draft 2020-12", (_name, schema) => {
    const converted = toJsonSchema(schema, { target: "draft-2020-12", errorMode: "throw" });
    expect(JSON.parse(JSON.stringify(converted))).toEqual(converted);
    expect(JSON.stringify(converted)).toContain('"required":[');
  });
});
