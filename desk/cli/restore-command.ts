import type { RunRecord } from "../../backup/model/run.ts";
import { type Api, apiAt } from "../client.ts";
import { type RestoreWay, restoreCommands } from "../restore-commands.ts";
import type { Context } from "./context.ts";
import { type ExitCode, NOT_FOUND, OK } from "./exit-codes.ts";
import { CommandFailed } from "./failure.ts";

export type Wanted = {
  /** Undefined: the newest verified backup. */
  readonly run?: string | undefined;
  /** One key; undefined: everything. */
  readonly key?: string | undefined;
  /** Undefined: the way in which the app lets HSMs write their backups. */
  readonly access?: RestoreWay | undefined;
};

const READ_FIRST = "Read docs/runbooks/restore.md first.";

/** `restore-command`: the commands that restore a backup, ready to be copied. It runs none of them. */
export async function restoreCommand(context: Context, hsm: string, { run, key, access }: Wanted): Promise<ExitCode> {
  const api = apiAt(context.connection);
  const record = await api.run(hsm, run ?? (await newestSuccess(api, hsm)));
  const way = access ?? (await api.hsms()).authentication;
  const found = restoreCommands(record, way, context.shell.now(), key);
  if ("problem" in found) throw new CommandFailed(NOT_FOUND, found.problem);
  const { prepare, whole, oneKey } = found;
  const commands = [...(prepare === null ? [] : [prepare]), key === undefined ? whole : oneKey];
  context.print({ run: record, access: way, commands }, commands);
  context.note(key === undefined ? wholeNote(record) : `The key must be purged before. ${READ_FIRST}`);
  return OK;
}

const wholeNote = ({ hsm }: RunRecord): string =>
  `This replaces everything in ${hsm}, which serves no requests while it runs. ${READ_FIRST}`;

async function newestSuccess(api: Api, hsm: string): Promise<string> {
  const [newest] = (await api.runs({ hsm, state: "Succeeded", limit: 1 })).runs;
  if (newest !== undefined) return newest.id;
  throw new CommandFailed(NOT_FOUND, `${hsm} has no verified backup. See: mhsm-backup runs --hsm ${hsm}`);
}
