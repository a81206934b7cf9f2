import type { Metafile } from "esbuild";
import { type Fields, fieldsOf, text } from "./json.ts";

/** `node_modules/@scope/name`, however deep, of a file below it. */
const PLACE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const SHA_512 = /^sha512-([A-Za-z0-9+/]+=*)$/;

/** A package with at least one byte in the bundle, as the lock file lists it. */
export type BundledPackage = {
  /** Its folder, relative to the repository's root. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier or expression. */
  readonly license: string;
  /** Of the archive that npm installed, in hexadecimal digits. */
  readonly sha512: string;
  /** The places of the bundled packages that it imports. */
  readonly imports: readonly string[];
};

export type Bundled = {
  /** By name, and of one name by version and place. */
  readonly packages: readonly BundledPackage[];
  /** The places of the packages that the app's own files import. */
  readonly imports: readonly string[];
};

/**
 * What a bundle holds besides the app's own files.
 * @param lock package-lock.json @throws for a package without version, licence or hash there.
 */
export function bundledPackages(metafile: Metafile, lock: Fields): Bundled {
  const locked = fieldsOf(lock.packages, "packages");
  const inBundle = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
  const places = new Set(inBundle.map(placeOf));
  const imports = (place: string): readonly string[] => {
    const own = inBundle.filter((file) => placeOf(file) === place);
    const files = own.flatMap((file) => metafile.inputs[file]?.imports ?? []).filter(({ external }) => !external);
    const others = files.map(({ path }) => placeOf(path)).filter((other) => other !== OWN && other !== place);
    return [...new Set(others)].filter((other) => places.has(other)).toSorted();
  };
  const packages = [...places].filter((place) => place !== OWN).map((place) => read(place, locked, imports(place)));
  return { packages: packages.toSorted(byName), imports: imports(OWN) };
}

/** The place of the app's own files. */
const OWN = "";
const placeOf = (file: string): string => PLACE.exec(file)?.[1] ?? OWN;

function read(place: string, locked: Fields, imports: readonly string[]): BundledPackage {
  const entry = fieldsOf(locked[place], place);
  const hash = SHA_512.exec(text(entry, "integrity"))?.[1];
  if (hash === undefined) throw new Error(`${place}: expected a sha512 hash in package-lock.json`);
  return {
    place,
    name: place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length),
    version: text(entry, "version"),
    license: text(entry, "license"),
    sha512: Buffer.from(hash, "base64").toString("hex"),
    imports,
  };
}

const sortKey = ({ name, version, place }: BundledPackage): string => `${name}\n${version}\n${place}`;
// By code units: what `localeCompare` says depends on the machine.
const byName = (a: BundledPackage, b: BundledPackage): number => (sortKey(a) < sortKey(b) ? -1 : 1);
