/**
 * Loaded with `--import` into Azurite: no answer goes out before its change is on the disk. By itself Azurite writes
 * its metadata every 5 seconds, and a SIGKILL takes back what it had answered since: a real storage never does that.
 */
import { renameSync, writeFileSync } from "node:fs";
import { ServerResponse } from "node:http";
import { createRequire } from "node:module";

/** The part of LokiJS, in which Azurite keeps its metadata, that is needed here. */
type Database = {
  readonly filename: string;
  readonly serialize: () => string;
  readonly autosaveDirty: () => boolean;
  readonly autosaveClearFlags: () => void;
};
type DatabaseClass = { readonly prototype: { autosaveEnable: (this: Database) => void } };

/** Answers that come so close together share one write. */
const GROUP_MILLISECONDS = 50;

// Azurite's own copy: its dependencies may be nested in its folder.
const require = createRequire(createRequire(import.meta.url).resolve("azurite/package.json"));
const Loki: DatabaseClass = require("lokijs");
const databases = new Set<Database>();
let group: Promise<void> | undefined;

// Called once for each database, when it is opened: instead of saving every 5 seconds, saved with each answer.
Loki.prototype.autosaveEnable = function remember(): void {
  databases.add(this);
};

const isDirty = (): boolean => [...databases].some((database) => database.autosaveDirty());

/** Blobs name the extents that their bytes are in: extents come first, so that no blob that was kept lacks its bytes. */
const inOrder = (): readonly Database[] =>
  [...databases].toSorted((a, b) => Number(b.filename.includes("extent")) - Number(a.filename.includes("extent")));

function save(): void {
  group = undefined;
  // All in one go, without a pause in which anything could change: together they are one state.
  for (const database of inOrder().filter((each) => each.autosaveDirty())) {
    writeFileSync(`${database.filename}~`, database.serialize());
    renameSync(`${database.filename}~`, database.filename);
    database.autosaveClearFlags();
  }
}

function saved(): Promise<void> {
  group ??= new Promise<void>((resolve) => setTimeout(resolve, GROUP_MILLISECONDS)).then(save);
  return group;
}

const end = ServerResponse.prototype.end;
ServerResponse.prototype.end = function endWhenSaved(this: ServerResponse, ...args: unknown[]): ServerResponse {
  if (isDirty()) void saved().then(() => Reflect.apply(end, this, args));
  else Reflect.apply(end, this, args);
  return this;
};
