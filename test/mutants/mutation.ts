/** A mistake that a good engineer could make, as a change of one place of the product. */
export type Mutation = {
  /** What the product then does, as a clause: "the state is written under no ETag". */
  readonly name: string;
  /** Seen from the project's folder. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
};
