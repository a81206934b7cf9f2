/** Settings with which the app loads; nothing is called while it does. */
export const SETTINGS: Readonly<Record<string, string>> = {
  BACKUP_HSM_URLS: "https://contoso.managedhsm.azure.net",
  BACKUP_STORAGE_URL: "https://contosobackups.blob.core.windows.net",
  AzureWebJobsStorage__blobServiceUri: "https://contosohost.blob.core.windows.net",
  AzureWebJobsStorage__queueServiceUri: "https://contosohost.queue.core.windows.net",
};
