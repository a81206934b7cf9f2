/** Runs the functions of a trigger: a queue or a timer. */
export type Listener = {
  /** Takes no new work, and resolves when the running work has ended. */
  readonly stop: () => Promise<void>;
};
