import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locateFolder } from "../../../backup/decide/after-look.ts";
import { CONTAINER, FOLDER, FOLDER_URL, SAS, SIGNATURE, STORAGE } from "../samples.ts";

const AZURITE = "https://127.0.0.1:10000/devstoreaccount1";
const locate = (folderUrl: string | null) => locateFolder(folderUrl, STORAGE, CONTAINER);
const inContainer = (path: string): string => `${STORAGE}/${CONTAINER}${path}`;

describe("the folder of a job", () => {
  it.each([
    ["named as documented", FOLDER, FOLDER_URL],
    ["named with 16 digits", "mhsm-contoso-2026112302001012", inContainer("/mhsm-contoso-2026112302001012")],
    ["that starts with a dot", `.${FOLDER}`, inContainer(`/.${FOLDER}`)],
    ["in a folder", `a/${FOLDER}`, inContainer(`/a/${FOLDER}`)],
    ["whose name has two dots", "a..b", inContainer("/a..b")],
  ])("%s lies inside", (_what, folder, folderUrl) => {
    expect(locate(folderUrl)).toEqual({ place: "inside", folder, folderUrl });
  });

  it("is found by its decoded name", () => {
    expect(locate(inContainer("/my%20folder"))).toMatchObject({ place: "inside", folder: "my folder" });
  });

  it("loses the slashes at its end", () => {
    expect(locate(`${FOLDER_URL}//`)).toEqual({ place: "inside", folder: FOLDER, folderUrl: FOLDER_URL });
  });

  it("is found in an account whose name is in the path", () => {
    const folderUrl = `${AZURITE}/${CONTAINER}/${FOLDER}`;
    expect(locateFolder(folderUrl, AZURITE, CONTAINER)).toEqual({ place: "inside", folder: FOLDER, folderUrl });
  });

  it("loses a query, a fragment and a user, which may be secrets", () => {
    const { host } = new URL(STORAGE);
    for (const url of [
      `${FOLDER_URL}?${SAS}`,
      `${FOLDER_URL}#${SAS}`,
      `https://me:${SIGNATURE}@${host}/${CONTAINER}/${FOLDER}`,
    ]) {
      expect(locate(url)).toEqual({ place: "inside", folder: FOLDER, folderUrl: FOLDER_URL });
    }
  });

  it.each([
    ["null", null],
    ["empty", ""],
    ["blank", "  "],
    ["the container", inContainer("")],
    ["the container with a slash", inContainer("/")],
    ["the container with a SAS", `${inContainer("/")}?${SAS}`],
    ["a folder and its way back", inContainer("/a/..")],
  ])("isn't named where the URL is %s", (_what, folderUrl) => {
    expect(locate(folderUrl)).toEqual({ place: "none" });
  });

  it.each([
    ["another account", `https://other.blob.core.windows.net/${CONTAINER}/${FOLDER}`],
    ["an account whose name begins alike", `https://backups.blob.core.windows.net.example.org/${CONTAINER}/${FOLDER}`],
    [
      "our account as the user name of another host",
      `https://backups.blob.core.windows.net@example.org/${CONTAINER}/${FOLDER}`,
    ],
    ["plain HTTP", `http://backups.blob.core.windows.net/${CONTAINER}/${FOLDER}`],
    ["another port", `${STORAGE}:8443/${CONTAINER}/${FOLDER}`],
    ["another container", `${STORAGE}/mhsm-backup-contoso-2026-11-22/${FOLDER}`],
    ["a container whose name begins alike", `${STORAGE}/${CONTAINER}2/${FOLDER}`],
    ["a container in capitals", `${STORAGE}/${CONTAINER.toUpperCase()}/${FOLDER}`],
    ["the account itself", `${STORAGE}/`],
    ["dots that climb", inContainer(`/../other/${FOLDER}`)],
    ["encoded dots that climb", inContainer(`/%2e%2e/other/${FOLDER}`)],
    ["encoded dots and capitals that climb", inContainer(`/%2E%2E/other/${FOLDER}`)],
    ["an encoded slash that climbs", inContainer(`%2F..%2Fother/${FOLDER}`)],
    ["an encoded slash that climbs inside", inContainer(`/a%2F..%2F..%2Fother`)],
    ["backslashes that climb", inContainer(`\\..\\other\\${FOLDER}`)],
    ["an escape that can't be decoded", inContainer("/%E0%A4%A")],
    ["no URL", `${CONTAINER}/${FOLDER}`],
    ["another protocol", "file:///etc"],
  ])("lies elsewhere where the URL is %s", (_what, folderUrl) => {
    expect(locate(folderUrl)).toEqual({ place: "elsewhere" });
  });

  it.each([
    ["another account in the path", `https://127.0.0.1:10000/devstoreaccount2/${CONTAINER}/${FOLDER}`],
    ["an account that begins alike", `https://127.0.0.1:10000/devstoreaccount12/${CONTAINER}/${FOLDER}`],
    ["no account in the path", `https://127.0.0.1:10000/${CONTAINER}/${FOLDER}`],
  ])("lies elsewhere on Azurite where the URL has %s", (_what, folderUrl) => {
    expect(locateFolder(folderUrl, AZURITE, CONTAINER)).toEqual({ place: "elsewhere" });
  });

  it("is judged for any text, without throwing, and is never outside when it is called inside", () => {
    const parts = fc.constantFrom("..", "%2e%2e", ".", "/", "%2F", "\\", "a", CONTAINER, "//", "?", "#", "%");
    const paths = fc.array(parts, { maxLength: 8 }).map((path) => `${STORAGE}/${path.join("")}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), paths), (folderUrl) => {
        const found = locate(folderUrl);
        if (found.place !== "inside") return;
        expect(locate(found.folderUrl)).toEqual(found);
        expect(new URL(found.folderUrl).origin).toBe(STORAGE);
        expect(found.folder.split("/")).not.toContain("..");
        expect(found.folder).not.toBe("");
      }),
      { numRuns: 500 },
    );
  });
});
