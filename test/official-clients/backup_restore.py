"""A backup, a restore and a restore of one key by the Python clients of Debian's python3-azure."""

import os
import time

from azure.core.credentials import AccessToken
from azure.keyvault.administration import KeyVaultBackupClient
from azure.keyvault.administration import __version__ as administration_version
from azure.keyvault.keys import KeyClient

KEY = "ledger"
AN_HOUR = 3600


class Token:
    def get_token(self, *scopes, **kwargs):
        return AccessToken(os.environ["HSM_TOKEN"], int(time.time()) + AN_HOUR)


hsm, container, sas = (os.environ[name] for name in ("HSM_URL", "CONTAINER_URL", "SAS_TOKEN"))
options = {"credential": Token(), "verify_challenge_resource": False}
if "HSM_API_VERSION" in os.environ:
    options["api_version"] = os.environ["HSM_API_VERSION"]
backups = KeyVaultBackupClient(hsm, **options)
keys = KeyClient(hsm, **options)


def purge():
    keys.begin_delete_key(KEY, _polling_interval=0.1).wait()
    keys.purge_deleted_key(KEY)


def expect_key(made):
    found = keys.get_key(KEY)
    assert (found.id, found.key.n) == (made.id, made.key.n), "another key came back"


print("azure-keyvault-administration", administration_version)
made = keys.create_rsa_key(KEY)
poller = backups.begin_backup(container, sas)
resumed = backups.begin_backup(container, sas, continuation_token=poller.continuation_token())
folder = resumed.result().folder_url
print("backed up to", folder.rsplit("/", 1)[1], "by a poller that was resumed")

purge()
backups.begin_restore(folder, sas).wait()
expect_key(made)
print("restored")

purge()
backups.begin_restore(folder, sas, key_name=KEY).wait()
expect_key(made)
print("restored one key")

if hasattr(backups, "begin_pre_backup") and "api_version" not in options:
    backups.begin_pre_backup(container, sas_token=sas).wait()
    backups.begin_pre_restore(folder, sas_token=sas).wait()
    print("checked before a backup and before a restore")
