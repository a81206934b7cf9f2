/** A change of one place: `find` stands exactly once in the file. `file` is seen from the project's folder. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string };

/** A mistake that a good engineer could make, as a change of the product. */
export type Mutation = {
  /** The mistake, as a clause that says what the product does then: "the ETag of the record isn't sent". */
  readonly name: string;
  /** How a good engineer would come to it. */
  readonly why: string;
  readonly edits: readonly Edit[];
};
