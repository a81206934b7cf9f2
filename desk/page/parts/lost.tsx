import type { Clock } from "../live/clock.ts";
import type { Live } from "../live/poll.ts";
import { Until } from "./as-of.tsx";
import { Foreign } from "./text.tsx";

/** Says that what is shown can't be renewed, and why. The app is asked again. */
export const Lost = ({ lost, clock, pollNow }: { lost: Live["lost"]; clock: Clock; pollNow: () => void }) => (
  <>
    <div role="alert">
      {lost && (
        <p class="lost">
          <strong>What is shown cannot be renewed.</strong> <Foreign text={lost.problem} longest={600} />
        </p>
      )}
    </div>
    {lost && (
      <p class="again">
        Next try <Until at={lost.nextTryAt} clock={clock} />.{" "}
        <button type="button" onClick={pollNow}>
          Try now
        </button>
      </p>
    )}
  </>
);
