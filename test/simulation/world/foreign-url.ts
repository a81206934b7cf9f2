import { pick } from "../random.ts";

/** The URL of a folder that isn't in the container of the run, however close it looks. */
export const foreignUrl = (containerUrl: string, size: number): string =>
  pick(
    [
      "https://elsewhere.blob.core.windows.net/other/mhsm-other-20261123020000",
      containerUrl.replace(/[^/]+$/, "another-container/mhsm-other-20261123020000"),
      `${containerUrl}/../another-container/mhsm-other-20261123020000`,
      `${containerUrl}-2/mhsm-other-20261123020000`,
      `${containerUrl.replace("https:", "http:")}/mhsm-other-20261123020000`,
    ],
    size,
  );
