import { useRef, useState } from "preact/hooks";
import { plainText } from "../../words.ts";

const LONGEST = 4_000;

/** A command, and a button that copies exactly what is shown. */
export function CodeBox({ command }: { command: string }) {
  const [said, setSaid] = useState("Copy");
  const code = useRef<HTMLElement>(null);
  const shown = plainText(command, LONGEST);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(shown);
      setSaid("Copied");
    } catch {
      // Without permission, or over plain HTTP: the text is marked, for the keyboard's own copy.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      setSaid("Marked");
    }
  };
  return (
    <div class="code">
      <code ref={code}>
        {/* A line ends between two words, not inside an option. */}
        {shown.split(" ").flatMap((word, index) => [index > 0 && " ", <span key={index}>{word}</span>])}
      </code>
      <button type="button" onClick={copy} onBlur={() => setSaid("Copy")}>
        {said}
        <span class="hidden"> the command</span>
      </button>
    </div>
  );
}
