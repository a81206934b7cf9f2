import { useId, useState } from "preact/hooks";
import type { RunRecord } from "../../../backup/model/run.ts";
import { RESTORE_WAYS, type RestoreWay, restoreCommands } from "../../restore-commands.ts";
import { CodeBox } from "../parts/code-box.tsx";
import { Foreign } from "../parts/text.tsx";

const WAY_WORDS: Readonly<Record<RestoreWay, string>> = {
  managedIdentity: "the HSM's managed identity",
  sas: "a SAS",
};

type Props = { record: RunRecord; authentication: RestoreWay; now: Date };

/** The commands that restore a backup. The page itself restores nothing. */
export function Restore({ record, authentication, now }: Props) {
  const id = useId();
  const [way, setWay] = useState<RestoreWay>(authentication);
  const [key, setKey] = useState("");
  const made = restoreCommands(record, way, now, key.trim() || undefined);
  return (
    <section aria-labelledby={id}>
      <h4 id={id}>Restore this backup</h4>
      <div class="choices">
        <label>
          The HSM reads it with{" "}
          <select
            value={way}
            onChange={(event) => setWay(event.currentTarget.value === "sas" ? "sas" : "managedIdentity")}
          >
            {RESTORE_WAYS.map((each) => (
              <option key={each} value={each}>
                {WAY_WORDS[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          One key{" "}
          <input
            value={key}
            placeholder="name of the key"
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
      </div>
      {"problem" in made ? (
        <p class="bad">
          <Foreign text={made.problem} />
        </p>
      ) : (
        <>
          {made.prepare !== null && (
            <>
              <p>First, a SAS in the shell:</p>
              <CodeBox command={made.prepare} />
            </>
          )}
          <p>One key, with all its versions:</p>
          <CodeBox command={made.oneKey} />
          <p>
            The whole HSM. <strong>This replaces every key in it:</strong>
          </p>
          <CodeBox command={made.whole} />
        </>
      )}
    </section>
  );
}
