import { version as esbuildVersion } from "esbuild";
import type { Bundled, BundledPackage } from "./bundled-packages.ts";

/** An SPDX identifier, as against an expression of several. */
const ONE_LICENCE = /^[\w.+-]+$/;

/** The app itself, as package.json has it. */
export type OwnPackage = { readonly name: string; readonly version: string; readonly license: string };

/**
 * The software bill of materials of a bundle: CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). It has neither a time
 * nor a serial number, so that the same sources give the same bytes.
 */
export function billOfMaterials(own: OwnPackage, { packages, imports }: Bundled): string {
  const purls = new Map(packages.map((each) => [each.place, purlOf(each)]));
  const refs = (places: readonly string[]): readonly string[] => [
    ...new Set(places.flatMap((place) => purls.get(place) ?? [])),
  ];
  // One package in two places is one component that depends on what either imports.
  const dependencies = Map.groupBy(packages, purlOf);
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      lifecycles: [{ phase: "build" }],
      tools: { components: [{ type: "application", name: "esbuild", version: esbuildVersion }] },
      component: {
        type: "application",
        "bom-ref": purlOf(own),
        name: own.name,
        version: own.version,
        licenses: licensesOf(own.license),
        purl: purlOf(own),
      },
    },
    components: [...dependencies.values()].flatMap(([first]) => (first === undefined ? [] : [componentOf(first)])),
    dependencies: [
      { ref: purlOf(own), dependsOn: refs(imports) },
      ...[...dependencies].map(([ref, same]) => ({ ref, dependsOn: refs(same.flatMap((each) => each.imports)) })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function componentOf(bundled: BundledPackage): object {
  const [scope, name] = bundled.name.startsWith("@") ? bundled.name.split("/") : [undefined, bundled.name];
  return {
    type: "library",
    "bom-ref": purlOf(bundled),
    ...(scope !== undefined && { group: scope }),
    name,
    version: bundled.version,
    hashes: [{ alg: "SHA-512", content: bundled.sha512 }],
    licenses: licensesOf(bundled.license),
    purl: purlOf(bundled),
  };
}

/** The package's address in the words of https://github.com/package-url/purl-spec: the scope's `@` is escaped. */
const purlOf = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `pkg:npm/${name.replace("@", "%40")}@${version}`;

const licensesOf = (license: string): readonly object[] =>
  ONE_LICENCE.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
