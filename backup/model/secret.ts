const PRINTED = "[secret]";

/**
 * The symbol that Node's `util.inspect`, and so `console.log`, looks for. Registered, so nothing has to be imported.
 */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** A value that cannot be printed by accident: every conversion to text returns `[secret]`. */
export type Secret = {
  /** The value itself, for the one call that needs it. */
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
};

/** Wraps a SAS, token or key. A closure holds the value, so no logger finds it in a property. */
export function secret(value: string): Secret {
  const printed = (): string => PRINTED;
  return Object.freeze({ reveal: () => value, toString: printed, toJSON: printed, [INSPECT]: printed });
}

// The form of a signature or token within a service's text.
const SECRET_SHAPES: readonly RegExp[] = [
  // A parameter of a SAS, or a function key, also if its `=` or the character before it is escaped.
  /(?<![a-z])(sig|sv|se|st|sp|spr|sr|skoid|sktid|skt|ske|sks|skv|code|token)(=|%3D)[^\s&"'<>;\\[]+/gi,
  /(?<=\\u0026|%26|%3F)(sig|code)(=|%3D)[^\s&"'<>;\\[]+/gi,
  // A token is longer than any word that may follow "Bearer" in a sentence.
  /\bBearer\s+[\w.~+/=-]{12,}/gi,
  // Only from the start of a word, so that each character is examined once, however long the text.
  /(?<![\w-])eyJ[\w-]+\.[\w-]*\.?[\w-]*/g,
  // A password before the host of a URL, with or without a scheme.
  /(?<![^\s/"'<>(,])[^\s/:@"'<>(,]{1,64}:[^\s/@"'<>]{1,256}@(?=[\w[])/g,
  /\b(AccountKey|SharedAccessSignature)=[^\s;"']+/gi,
];

/** Removes everything that looks like a SAS or a token from a text from outside: services echo what they refuse. */
export function redact(text: string): string {
  return SECRET_SHAPES.reduce((kept, shape) => kept.replace(shape, PRINTED), text);
}

const LONGEST_QUOTE = 60;
/** The rest of a longer text is neither shown nor searched for secrets. */
const LONGEST_SEARCHED = 1_000;

/** A text from outside, as an error quotes it: its first characters, without anything that looks like a secret. */
export function quoted(text: string): string {
  const shown = redact(text.slice(0, LONGEST_SEARCHED));
  return JSON.stringify(shown.length > LONGEST_QUOTE ? `${shown.slice(0, LONGEST_QUOTE)}…` : shown);
}
