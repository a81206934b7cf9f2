/** What starts functions by itself: a queue or a timer. */
export type Listener = {
  /** Takes nothing new any more, and resolves when what it has begun is done. */
  readonly stop: () => Promise<void>;
};
