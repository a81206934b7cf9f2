import { app } from "@azure/functions";

app.storageBlob("other", { path: "container/{name}", connection: "AzureWebJobsStorage", handler: () => undefined });
