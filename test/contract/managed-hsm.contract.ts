import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { JobReport } from "../../backup/model/job-report.ts";
import type { Hsm } from "../../backup/model/names.ts";
import type { Authentication } from "../../backup/model/settings.ts";
import { errorOfCall } from "./failed-call.ts";
import { FOREIGN_FOLDER, type NextJob, type Refusal, type StartedHsms } from "./started-hsms.ts";

const END_WITHIN_MILLISECONDS = 20_000;

/**
 * What every Managed HSM does, the fake as the emulator, by whatever right it writes: run by each of them, so that the
 * fake can be trusted.
 */
export function managedHsmContract(
  name: string,
  authentication: Authentication,
  start: () => Promise<StartedHsms>,
): void {
  describe(`${name} keeps the contract of Managed HSM`, () => {
    let world: StartedHsms;
    let contoso: Hsm;
    let fabrikam: Hsm;
    beforeAll(async () => {
      world = await start();
      ({ contoso, fabrikam } = world.hsms);
    });
    afterEach(() => Promise.all([world.endJobs(contoso), world.endJobs(fabrikam)]));
    afterAll(() => world.close());

    const startNow = async (hsm = contoso, right = authentication) =>
      world.startFullBackup(hsm, await world.newTarget(right));

    async function endOf(hsm: Hsm, jobId: string): Promise<JobReport> {
      const deadline = performance.now() + END_WITHIN_MILLISECONDS;
      for (;;) {
        const report = await world.getBackupStatus(hsm, jobId);
        if (report.status !== "running") return report;
        if (performance.now() > deadline) throw new Error(`Job ${jobId} didn't end.`);
        await world.passTime();
      }
    }

    async function endOfPlanned(next: NextJob): Promise<JobReport> {
      await world.planNextJob(contoso, next);
      return endOf(contoso, (await startNow()).jobId);
    }

    test("a backup runs, succeeds, and its folder holds blobs, inside the container that was asked for", async () => {
      const target = await world.newTarget(authentication);
      const { jobId } = await world.startFullBackup(contoso, target);
      expect(await world.jobsKnown(contoso)).toContain(jobId);
      const report = await endOf(contoso, jobId);
      expect(report).toEqual({
        status: "Succeeded",
        folderUrl: expect.stringContaining(`${target.containerUrl}/mhsm-contoso-`),
        seconds: expect.any(Number),
      });
      expect(await world.countBlobs(target, report.folderUrl ?? "")).toBeGreaterThan(0);
      expect(await world.getBackupStatus(contoso, jobId)).toEqual(report);
    });

    test("two backups one after the other are two jobs with a folder each", async () => {
      const first = await startNow();
      const firstEnd = await endOf(contoso, first.jobId);
      const second = await startNow();
      expect(second.jobId).not.toBe(first.jobId);
      expect((await endOf(contoso, second.jobId)).folderUrl).not.toBe(firstEnd.folderUrl);
    });

    test("while a backup runs another start is busy, on this HSM and on no other", async () => {
      await world.planNextJob(contoso, "runsOn");
      const { jobId } = await startNow();
      expect(await world.getBackupStatus(contoso, jobId)).toMatchObject({ status: "running" });
      const { failure } = await errorOfCall(startNow());
      expect(failure).toMatchObject({
        target: "contoso",
        operation: "start a full backup",
        reason: "busy",
        status: 409,
      });
      expect((await endOf(fabrikam, (await startNow(fabrikam)).jobId)).status).toBe("Succeeded");
      await world.endJobs(contoso);
      expect((await endOf(contoso, jobId)).status).toBe("Canceled");
    });

    test("while another tool's job runs a start is busy, and afterwards it isn't", async () => {
      await world.startElsewhere(contoso);
      expect((await errorOfCall(startNow())).failure.reason).toBe("busy");
      await world.endJobs(contoso);
      expect((await endOf(contoso, (await startNow()).jobId)).status).toBe("Succeeded");
    });

    test.each<Refusal>(["denied", "sasRefused", "busy", "rejected", "noAnswer"])(
      "a start that is refused as %s makes no job, and the next one is made",
      async (reason) => {
        const before = await world.jobsKnown(contoso);
        await world.refuseNextStart(contoso, reason);
        expect((await errorOfCall(startNow())).failure).toMatchObject({ target: "contoso", reason });
        expect(await world.jobsKnown(contoso)).toEqual(before);
        expect((await endOf(contoso, (await startNow()).jobId)).status).toBe("Succeeded");
      },
    );

    test("an HSM that has lost its identity still takes a SAS, and writes by an identity again when it has one", async () => {
      const before = await world.jobsKnown(contoso);
      await world.detachIdentity(contoso);
      const { failure } = await errorOfCall(startNow(contoso, "managedIdentity"));
      expect(failure).toMatchObject({ target: "contoso", operation: "start a full backup", reason: "sasRefused" });
      expect(await world.jobsKnown(contoso)).toEqual(before);
      expect((await endOf(contoso, (await startNow(contoso, "sas")).jobId)).status).toBe("Succeeded");
      expect((await endOf(fabrikam, (await startNow(fabrikam, "managedIdentity")).jobId)).status).toBe("Succeeded");
      await world.attachIdentity(contoso);
      expect((await endOf(contoso, (await startNow(contoso, "managedIdentity")).jobId)).status).toBe("Succeeded");
    });

    test("a start whose answer is lost has no known outcome, but its job runs and makes the next start busy", async () => {
      const before = await world.jobsKnown(contoso);
      await world.planNextJob(contoso, "runsOn");
      await world.dropNextStartAnswer(contoso);
      expect((await errorOfCall(startNow())).failure).toMatchObject({ reason: "noAnswer", status: null });
      expect(await world.jobsKnown(contoso)).toHaveLength(before.length + 1);
      expect((await errorOfCall(startNow())).failure.reason).toBe("busy");
      await world.endJobs(contoso);
    });

    test("a job that fails says why", async () => {
      const report = await endOfPlanned("fails");
      expect(report).toMatchObject({
        status: "Failed",
        error: { code: expect.any(String), message: expect.any(String) },
      });
      expect("error" in report && report.error.code).not.toBe("");
    });

    test("a job that is canceled says so", async () => {
      expect((await endOfPlanned("isCanceled")).status).toBe("Canceled");
    });

    test("a job that wrote nothing may be called a success: its folder is empty", async () => {
      await world.planNextJob(contoso, "writesNothing");
      const target = await world.newTarget(authentication);
      const report = await endOf(contoso, (await world.startFullBackup(contoso, target)).jobId);
      expect(report.status).toBe("Succeeded");
      expect(await world.countBlobs(target, report.folderUrl ?? "")).toBe(0);
    });

    test("a job may be called a success without a folder", async () => {
      expect(await endOfPlanned("namesNoFolder")).toMatchObject({ status: "Succeeded", folderUrl: null });
    });

    test("a job may be called a success with a folder elsewhere", async () => {
      const report = await endOfPlanned("namesForeignFolder");
      expect(report).toMatchObject({ status: "Succeeded", folderUrl: FOREIGN_FOLDER });
    });

    test("a job that the HSM has forgotten isn't found, nor is one that it never knew, nor another HSM's", async () => {
      await world.planNextJob(contoso, "isLost");
      const lost = await startNow();
      expect((await errorOfCall(world.getBackupStatus(contoso, lost.jobId))).failure).toMatchObject({
        target: "contoso",
        operation: "look at a backup job",
        reason: "notFound",
        status: 404,
      });
      await world.endJobs(contoso);
      expect((await errorOfCall(world.getBackupStatus(contoso, "0".repeat(32)))).failure.reason).toBe("notFound");
      const { jobId } = await startNow();
      await endOf(contoso, jobId);
      expect((await errorOfCall(world.getBackupStatus(fabrikam, jobId))).failure.reason).toBe("notFound");
    });
  });
}
