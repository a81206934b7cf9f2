import {
  type BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
} from "@azure/storage-blob";

const MINUTE = 60_000;

export type SasWish = {
  readonly permissions?: string;
  readonly startsInMinutes?: number;
  readonly endsInMinutes?: number;
  readonly protocol?: SASProtocol;
};

/** A user delegation SAS for one container, as a careful client makes it unless `wish` says otherwise. */
export async function makeSas(
  service: BlobServiceClient,
  { containerName }: ContainerClient,
  wish: SasWish = {},
): Promise<string> {
  const now = Date.now();
  const key = await service.getUserDelegationKey(new Date(now - 60 * MINUTE), new Date(now + 120 * MINUTE));
  return generateBlobSASQueryParameters(
    {
      containerName,
      permissions: ContainerSASPermissions.parse(wish.permissions ?? "crdw"),
      startsOn: new Date(now + (wish.startsInMinutes ?? -15) * MINUTE),
      expiresOn: new Date(now + (wish.endsInMinutes ?? 60) * MINUTE),
      protocol: wish.protocol ?? SASProtocol.Https,
    },
    key,
    service.accountName,
  ).toString();
}
