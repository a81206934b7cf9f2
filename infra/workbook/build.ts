import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("workbook.json", import.meta.url);

/** What the workbook shows, from top to bottom: a query's file, a heading, how it is drawn, and how far it looks back. */
const PARTS = [
  { name: "covered", title: "Is every HSM covered?", visualization: "table", days: 2 },
  { name: "running", title: "What is running now?", visualization: "table", days: 1 },
  { name: "calendar", title: "Calendar by HSM", visualization: "table", groupBy: "Hsm" },
  { name: "durations", title: "How long backups take (minutes)", visualization: "timechart" },
  { name: "sizes", title: "How much they hold (MiB)", visualization: "timechart" },
  { name: "failures", title: "Failures by cause", visualization: "table" },
] as const;

const DAY_MILLISECONDS = 86_400_000;
const RANGES = [2, 7, 30, 90].map((days) => ({ durationMs: days * DAY_MILLISECONDS }));
const RANGE = "TimeRange";

const rangeParameter = {
  type: 9,
  name: "range",
  content: {
    version: "KqlParameterItem/1.0",
    parameters: [
      {
        id: "9b7d9b0e-6d5c-4a55-9f0b-2a3f0a6c1d01",
        version: "KqlParameterItem/1.0",
        name: RANGE,
        label: "Time range",
        type: 4,
        isRequired: true,
        value: { durationMs: 30 * DAY_MILLISECONDS },
        typeSettings: { selectableValues: RANGES },
      },
    ],
    style: "pills",
    queryType: 0,
    resourceType: "microsoft.operationalinsights/workspaces",
  },
};

type Part = (typeof PARTS)[number];

const readQuery = (name: string): string => readFileSync(new URL(`${name}.kql`, import.meta.url), "utf8");

const partOf = (part: Part) => ({
  type: 3,
  name: part.name,
  content: {
    version: "KqlItem/1.0",
    query: readQuery(part.name),
    size: 0,
    title: part.title,
    noDataMessage: "Nothing in this time.",
    // What is known now needs no longer a look back than the newest event; everything else goes by the reader's choice.
    ...("days" in part
      ? { timeContext: { durationMs: part.days * DAY_MILLISECONDS } }
      : { timeContextFromParameter: RANGE }),
    queryType: 0,
    resourceType: "microsoft.operationalinsights/workspaces",
    visualization: part.visualization,
    ...("groupBy" in part && {
      gridSettings: { hierarchySettings: { treeType: 1, groupBy: [part.groupBy], expandTopLevel: true } },
    }),
  },
});

/** The workbook as `workbook.bicep` puts it in, with the places for the HSMs' names still open. */
export function buildWorkbook(): string {
  const schema = "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json";
  const items = [rangeParameter, ...PARTS.map(partOf)];
  return `${JSON.stringify({ version: "Notebook/1.0", items, isLocked: false, $schema: schema }, null, 2)}\n`;
}

/** `node infra/workbook/build.ts` makes `workbook.json` anew from the .kql files. */
if (import.meta.main) writeFileSync(FILE, buildWorkbook());
