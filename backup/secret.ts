const PRINTED = "[secret]";

/** What Node's `util.inspect` (and so `console.log`) asks an object for; named by its registered symbol, to import nothing. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** A value that can't be printed by accident: every way of turning it into text gives `[secret]`. */
export type Secret = {
  /** The value itself, for the one call that needs it. */
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
};

/** Wraps a SAS, token or key. The closure keeps the value out of every property that a logger could walk. */
export function secret(value: string): Secret {
  const printed = (): string => PRINTED;
  return Object.freeze({ reveal: () => value, toString: printed, toJSON: printed, [INSPECT]: printed });
}

// What a signature or a token looks like inside somebody else's text.
const SECRET_SHAPES: readonly RegExp[] = [
  // A parameter of a SAS, or a function key, also where its `=` or what stands before it is escaped for URL, JSON or XML.
  /(?<![a-z])(sig|sv|se|st|sp|spr|sr|skoid|sktid|skt|ske|sks|skv|code|token)(=|%3D)[^\s&"'<>;\\[]+/gi,
  /(?<=\\u0026|%26|%3F)(sig|code)(=|%3D)[^\s&"'<>;\\[]+/gi,
  // A token is longer than any word that may follow "Bearer" in a sentence.
  /\bBearer\s+[\w.~+/=-]{12,}/gi,
  // From where its word begins only: each character is then looked at once, however long the text.
  /(?<![\w-])eyJ[\w-]+\.[\w-]*\.?[\w-]*/g,
  // A password before the host of a URL, also where its scheme was forgotten.
  /(?<![^\s/"'<>(,])[^\s/:@"'<>(,]{1,64}:[^\s/@"'<>]{1,256}@(?=[\w[])/g,
  /\b(AccountKey|SharedAccessSignature)=[^\s;"']+/gi,
];

/** Takes out of a text that came from outside whatever looks like a SAS or a token: services do echo what they refuse. */
export function redact(text: string): string {
  return SECRET_SHAPES.reduce((kept, shape) => kept.replace(shape, PRINTED), text);
}
