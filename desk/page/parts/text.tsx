import { momentWords, plainText } from "../../words.ts";

/** Text from outside: cut, and apart from the text around it whatever direction its letters have. */
export const Foreign = ({ text, longest }: { text: string; longest?: number }) => <bdi>{plainText(text, longest)}</bdi>;

const LONGEST_MESSAGE = 600;
/** A message of the app or of a service, which may begin with a small letter. */
export const Message = ({ text }: { text: string }) => (
  <Foreign text={text.charAt(0).toUpperCase() + text.slice(1)} longest={LONGEST_MESSAGE} />
);

const LONGEST_NAME = 40;
export const HsmName = ({ name }: { name: string }) => <Foreign text={name} longest={LONGEST_NAME} />;

const LOCAL: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "long" };

export const localWords = (at: string): string => `${new Date(at).toLocaleString(undefined, LOCAL)} your time`;

/** A moment in UTC; the time of this computer's zone on hover. */
export function Moment({ at, now, seconds = false }: { at: string; now: Date; seconds?: boolean }) {
  if (Number.isNaN(Date.parse(at))) return <Foreign text={at} longest={40} />;
  return (
    <time dateTime={at} title={localWords(at)}>
      {momentWords(at, now, seconds)}
    </time>
  );
}
