import { managedHsmContract } from "../../contract/managed-hsm.contract.ts";
import { startEmulatedHsms } from "./emulated-hsms.ts";

managedHsmContract("the emulator, given a SAS,", "sas", () => startEmulatedHsms("sas"));
