import type { Clock } from "../live/clock.ts";
import type { Live } from "../live/poll.ts";
import { Until } from "./as-of.tsx";
import { Message } from "./text.tsx";

/** Says that what is shown can't be renewed, and why. The app is asked again. */
export const Lost = ({ live: { lost, answer }, clock, pollNow }: { live: Live; clock: Clock; pollNow: () => void }) => (
  <>
    <div role="alert">
      {lost && (
        <p class="lost">
          <strong>{answer ? "What is shown cannot be renewed." : "Nothing can be shown yet."}</strong>{" "}
          <Message text={lost.problem} />
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
