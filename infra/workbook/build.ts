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
  { name: "run", title: "A run's whole life", visualization: "table" },
] as const;

const DAY_MILLISECONDS = 86_400_000;
const RANGES = [2, 7, 30, 90].map((days) => ({ durationMs: days * DAY_MILLISECONDS }));
const RANGE = "TimeRange";
const LOG_ANALYTICS = { queryType: 0, resourceType: "microsoft.operationalinsights/workspaces" };
/** As the workbook's schema numbers them. */
const TEXT = 1;
const TIME_RANGE = 4;

const rangeParameter = {
  id: "9b7d9b0e-6d5c-4a55-9f0b-2a3f0a6c1d01",
  version: "KqlParameterItem/1.0",
  name: RANGE,
  label: "Time range",
  type: TIME_RANGE,
  isRequired: true,
  value: { durationMs: 30 * DAY_MILLISECONDS },
  typeSettings: { selectableValues: RANGES },
};

/** `{Run}` in run.kql. */
const runParameter = {
  id: "9b7d9b0e-6d5c-4a55-9f0b-2a3f0a6c1d02",
  version: "KqlParameterItem/1.0",
  name: "Run",
  label: "Run (its id)",
  type: TEXT,
  isRequired: false,
  value: "",
};

const parametersOf = (name: string, parameters: readonly unknown[]) => ({
  type: 9,
  name,
  content: { version: "KqlParameterItem/1.0", parameters, style: "pills", ...LOG_ANALYTICS },
});

type Part = (typeof PARTS)[number];

/** Azure disables a rule whose query failed for a week. Of Resource Graph, not of the workspace. */
const RULES = `resources
| where type =~ 'microsoft.insights/scheduledqueryrules' and name startswith 'mhsm-backup-'
| project Alarm = substring(name, strlen('mhsm-backup-')), Enabled = tobool(properties.enabled), Group = resourceGroup
| sort by Enabled asc, Alarm asc
`;

const rulesPart = {
  type: 3,
  name: "rules",
  content: {
    version: "KqlItem/1.0",
    query: RULES,
    size: 0,
    title: "Are the alarms on?",
    noDataMessage: "There is no rule, or you may not see it.",
    queryType: 1,
    resourceType: "microsoft.resourcegraph/resources",
    crossComponentResources: ["value::all"],
    visualization: "table",
  },
};

const readQuery = (name: string): string => readFileSync(new URL(`${name}.kql`, import.meta.url), "utf8");

const partOf = (part: Part) => ({
  type: 3,
  name: part.name,
  content: {
    version: "KqlItem/1.0",
    query: readQuery(part.name),
    size: 0,
    title: part.title,
    noDataMessage: part.name === "run" ? "Enter a run's id above." : "No data in this time range.",
    // The present state needs only the newest events; everything else follows the reader's choice.
    ...("days" in part
      ? { timeContext: { durationMs: part.days * DAY_MILLISECONDS } }
      : { timeContextFromParameter: RANGE }),
    ...LOG_ANALYTICS,
    visualization: part.visualization,
    ...("groupBy" in part && {
      gridSettings: { hierarchySettings: { treeType: 1, groupBy: [part.groupBy], expandTopLevel: true } },
    }),
  },
});

/** The workbook as `workbook.bicep` deploys it, with the placeholder for the HSMs' names. */
export function buildWorkbook(): string {
  const schema = "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json";
  const items = [parametersOf("parameters", [rangeParameter, runParameter]), ...PARTS.map(partOf), rulesPart];
  return `${JSON.stringify({ version: "Notebook/1.0", items, isLocked: false, $schema: schema }, null, 2)}\n`;
}

/** `node infra/workbook/build.ts` rebuilds `workbook.json` from the .kql files. */
if (import.meta.main) writeFileSync(FILE, buildWorkbook());
