/** What a SAS, a token or a key looks like, wherever it may have got. */
export const SECRET_SHAPES: readonly RegExp[] = [
  /sig=(?!\[secret])/i,
  /\beyJ[\w-]{10,}\./,
  /bearer [\w-]{10,}/i,
  /AccountKey=/i,
  /x-functions-key/i,
];
