import type { HsmsAnswer } from "../../../backup/model/views/hsm-view.ts";
import { Foreign } from "./text.tsx";

/** The settings that can't be used. */
export function Problems({ problems }: Pick<HsmsAnswer, "problems">) {
  if (problems.length === 0) return null;
  return (
    <section class="row problems" aria-labelledby="problems">
      <h3 id="problems">Settings to correct</h3>
      <ul>
        {problems.map(({ setting, problem }) => (
          <li key={`${setting} ${problem}`}>
            <code>
              <Foreign text={setting} longest={80} />
            </code>{" "}
            <Foreign text={problem} />
          </li>
        ))}
      </ul>
    </section>
  );
}
