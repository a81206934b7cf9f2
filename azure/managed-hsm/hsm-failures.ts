import { CallFailed, type CallFailure } from "../../backup/model/call-failed.ts";
import { TimedOut } from "../identity/held-tokens.ts";
import { meaningOf, UNREADABLE } from "../remedies.ts";
import { type Names, naming } from "../remedy.ts";
import { causeOf, LONGEST } from "../service-words.ts";
import { accountOf } from "../storage/storage-call.ts";
import { type HsmAnswer, type HsmCall, objectIdOf } from "./hsm-request.ts";
import { NO_CODE, parseErrorBody } from "./key-vault-error.ts";

/** Our own code for what no network and no service said. */
const UNEXPECTED = "unexpected";
const NOT_FOUND = 404;
const HSM_IDENTITY = "identity.userAssignedIdentities.*.principalId | [0]";
// With its own identity the HSM connects as a trusted service, with a SAS over the public network.
const TRUSTED = "--bypass AzureServices";
const PUBLIC = "--public-network-access Enabled --default-action Allow";

/** The HSM answered with an error, or with a success that names no job. */
export function answerFailed(call: HsmCall, answer: HsmAnswer): CallFailed {
  const { status, retryAfter } = answer;
  const { error, codes, isForeign } = parseErrorBody(answer.body, call.clean);
  if (error === null && status < 300)
    return answerUnreadable(
      call,
      answer,
      "expected a jobId in the body or in the path of Azure-AsyncOperation, got neither",
    );
  // Only the HSM itself can say that it doesn't know a job: a gateway's 404 proves nothing, and the job may go on.
  const isGateways = status === NOT_FOUND && isForeign && call.target === undefined;
  return failed(call, status < 400 || isGateways ? [...codes, UNREADABLE] : codes, {
    status,
    code: error?.code ?? NO_CODE,
    said: error?.message || shapeOf(call, answer),
    inner: error?.inner ?? [],
    retryAfter,
  });
}

/** A success that makes no sense. `problem` names the field, what was expected and what came; it is our own text. */
export function answerUnreadable(call: HsmCall, answer: HsmAnswer, problem: string): CallFailed {
  const { status, retryAfter } = answer;
  const said = `${problem} (${shapeOf(call, answer)})`;
  return failed(call, [UNREADABLE], { status, code: UNREADABLE, said, retryAfter });
}

/** No answer came: the call may or may not have taken effect. */
export function answerMissing(call: HsmCall, thrown: unknown): CallFailed {
  const { clean } = call;
  const said = clean(thrown instanceof Error ? thrown.message || thrown.name : String(thrown), LONGEST.message);
  const ownCode = thrown instanceof Error && "code" in thrown ? clean(String(thrown.code ?? ""), LONGEST.code) : "";
  const code = thrown instanceof TimedOut ? "timeout" : ownCode || UNEXPECTED;
  return failed(call, [code], { status: null, code, said }, causeOf(thrown, clean));
}

function failed(
  call: HsmCall,
  codes: readonly string[],
  what: Omit<CallFailure, "operation" | "target" | "reason" | "remedy">,
  cause?: { cause: Error },
): CallFailed {
  const { operation, hsm, target } = call;
  const seen = { side: target?.authentication ?? "look", status: what.status, codes } as const;
  return new CallFailed({ operation, target: hsm.name, ...what, ...meaningOf(seen, namesOf(call)) }, cause);
}

function namesOf(call: HsmCall): Names {
  const { hsm, target } = call;
  const show = `az keyvault show --hsm-name ${hsm.name}`;
  const url = target?.containerUrl ?? "https://ACCOUNT/CONTAINER";
  const account = accountOf({ accountName: "", url });
  const isByIdentity = target?.authentication === "managedIdentity";
  const objectId = objectIdOf(call);
  return naming({
    host: new URL(hsm.url).host,
    setting: "BACKUP_HSM_URLS",
    show,
    hsm: hsm.name,
    objectId,
    account,
    container: url.split("/").at(-1) ?? "",
    // A SAS grants no more than the identity that signed it has.
    principal: isByIdentity ? `"$(${show} --query "${HSM_IDENTITY}" --output tsv)"` : objectId,
    opening: `az storage account update --name ${account} ${isByIdentity ? TRUSTED : PUBLIC}`,
  });
}

/** Length and type of an answer, to find out which server gave it. */
const shapeOf = ({ clean }: HsmCall, { body, contentType }: HsmAnswer): string =>
  body === ""
    ? "the answer is empty"
    : `the answer has ${body.length} characters of ${clean(contentType ?? "no named type", LONGEST.code)}`;
