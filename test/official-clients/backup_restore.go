// A backup, a restore and a restore of one key by the Go client of Debian's golang-github-azure-azure-sdk-for-go-dev.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/services/preview/keyvault/v7.2-preview/keyvault"
	"github.com/Azure/go-autorest/autorest"
)

const key = "ledger"

var (
	hsm    = os.Getenv("HSM_URL")
	ctx    = context.Background()
	client = keyvault.New()
)

func main() {
	client.Authorizer = bearer(os.Getenv("HSM_TOKEN"))
	client.PollingDelay = 100 * time.Millisecond
	container, sas := os.Getenv("CONTAINER_URL"), os.Getenv("SAS_TOKEN")
	storage := &keyvault.SASTokenParameter{StorageResourceURI: &container, Token: &sas}

	made, err := client.CreateKey(ctx, hsm, key, keyvault.KeyCreateParameters{Kty: keyvault.RSA})
	check("create the key", err)

	backup, err := client.FullBackup(ctx, hsm, storage)
	check("start the backup", err)
	check("follow the backup", backup.WaitForCompletionRef(ctx, client.Client))
	done, err := backup.Result(client)
	check("read the backup's result", err)
	folderURL := *done.AzureStorageBlobContainerURI
	folder := folderURL[strings.LastIndex(folderURL, "/")+1:]
	fmt.Println("backed up to", folder)

	purge()
	restore, err := client.FullRestoreOperation(ctx, hsm, &keyvault.RestoreOperationParameters{SasTokenParameters: storage, FolderToRestore: &folder})
	check("start the restore", err)
	check("follow the restore", restore.WaitForCompletionRef(ctx, client.Client))
	expectKey(made)
	fmt.Println("restored")

	purge()
	one, err := client.SelectiveKeyRestoreOperationMethod(ctx, hsm, key, &keyvault.SelectiveKeyRestoreOperationParameters{SasTokenParameters: storage, Folder: &folder})
	check("start the restore of one key", err)
	check("follow the restore of one key", one.WaitForCompletionRef(ctx, client.Client))
	expectKey(made)
	fmt.Println("restored one key")
}

type bearer string

func (token bearer) WithAuthorization() autorest.PrepareDecorator {
	return autorest.WithBearerAuthorization(string(token))
}

func purge() {
	_, err := client.DeleteKey(ctx, hsm, key)
	check("delete the key", err)
	_, err = client.PurgeDeletedKey(ctx, hsm, key)
	check("purge the key", err)
}

func expectKey(made keyvault.KeyBundle) {
	found, err := client.GetKey(ctx, hsm, key, "")
	check("find the key again", err)
	if *found.Key.Kid != *made.Key.Kid || *found.Key.N != *made.Key.N {
		fail("another key came back")
	}
}

func check(what string, err error) {
	if err != nil {
		fail(fmt.Sprintf("could not %s: %v", what, err))
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
