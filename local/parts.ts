export type Part = { readonly stop: () => Promise<void> };

export type Parts = {
  /** Starts a part, which belongs to the whole from then on. Parts may be started side by side. */
  readonly start: <Started extends Part>(starter: (signal: AbortSignal) => Promise<Started>) => Promise<Started>;
  readonly isStopping: () => boolean;
  /** Calls off what is still starting, then stops what had started, the last first. Any number of calls do it once. */
  readonly stop: () => Promise<void>;
};

/** A whole of parts that end together, in the opposite order of their start. `signal` calls off those still starting. */
export function createParts(signal: AbortSignal): Parts {
  const started: Part[] = [];
  const starting = new Set<Promise<unknown>>();
  const calledOff = new AbortController();
  let stopped: Promise<void> | undefined;

  const start: Parts["start"] = async (starter) => {
    const together = AbortSignal.any([signal, calledOff.signal]);
    together.throwIfAborted();
    const part = starter(together);
    starting.add(part);
    try {
      const up = await part;
      started.push(up);
      return up;
    } finally {
      starting.delete(part);
    }
  };

  const stopAll = async (): Promise<void> => {
    calledOff.abort(new Error("called off"));
    await Promise.allSettled(starting);
    const problems: unknown[] = [];
    for (const part of started.toReversed()) {
      // One part that can't be stopped doesn't keep the others running.
      await part.stop().catch((problem: unknown) => problems.push(problem));
    }
    if (problems.length > 0) throw new AggregateError(problems, "Not everything could be stopped.");
  };

  return {
    start,
    isStopping: () => stopped !== undefined,
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}
