import { managedHsmContract } from "../../contract/managed-hsm.contract.ts";
import { startEmulatedHsms } from "./emulated-hsms.ts";

managedHsmContract("the emulator, by its own identity,", "managedIdentity", () => startEmulatedHsms("managedIdentity"));
