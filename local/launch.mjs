// Plain JavaScript that any Node can parse: an old Node gets a sentence here instead of a syntax error in a .ts file.
// 22.18 is the first Node that runs TypeScript unasked, 22.19 the first that can trust a certificate made while it runs.
const LEAST_MAJOR = 22;
const LEAST_MINOR = 19;
const PROGRAMS = { start: "./start.ts", emulators: "./emulators.ts" };

const [major, minor] = process.versions.node.split(".").map(Number);
const program = PROGRAMS[process.argv[2]];

if (major < LEAST_MAJOR || (major === LEAST_MAJOR && minor < LEAST_MINOR)) {
  console.error(
    `This needs Node ${LEAST_MAJOR}.${LEAST_MINOR} or newer and runs on ${process.versions.node}: ` +
      "run `npm ci`, which brings a newer one, and start with `npm start` or `npm run emulators`.",
  );
  process.exitCode = 1;
} else if (program === undefined) {
  console.error(`Usage: node local/launch.mjs ${Object.keys(PROGRAMS).join("|")} [options]`);
  process.exitCode = 2;
} else {
  const { main } = await import(program);
  process.exitCode = await main(process.argv.slice(3));
  // What still holds the event loop (a keep-alive connection, a watched signal) has nothing left to do.
  process.exit();
}
