/** An HSM of the settings: its name in every record, log line and container, and its base URL with no slash at the end. */
export type Hsm = { readonly name: string; readonly url: string };

// https://learn.microsoft.com/azure/key-vault/managed-hsm: 3 to 24 letters, digits and hyphens, beginning with a letter.
const NAME = /^[a-z](?:[a-z0-9]|-(?!-)){1,22}[a-z0-9]$/;

export const isHsmName = (text: string): boolean => NAME.test(text);
