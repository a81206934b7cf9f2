import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen } from "../listen.ts";
import { until } from "../until.ts";
import { openTcpGate, type TcpGate } from "./tcp-gate.ts";

const BODY = "x".repeat(300_000);
const ANSWERED = Symbol("answered");

let gate: TcpGate;
let service: Server;
let asked = 0;
const serve = (answer: string): Server =>
  createServer((request, response) => {
    asked += 1;
    request.resume();
    request.on("end", () => response.end(answer));
  });

beforeEach(async () => {
  asked = 0;
  service = serve(BODY);
  gate = await openTcpGate(await listen(service));
});
afterEach(async () => {
  await gate.close();
  service.closeAllConnections();
  service.close();
});

const ask = async (): Promise<string> =>
  (await fetch(`http://127.0.0.1:${gate.port}/`, { method: "POST", body: BODY })).text();

test("it passes on both ways", async () => {
  expect(await ask()).toBe(BODY);
});

test("while it stands still nothing gets through, and nothing is lost", async () => {
  const goOn = gate.stall();
  const answer = ask();
  const early = await Promise.race([answer.then(() => ANSWERED), once(service, "connection")]);
  expect(early).not.toBe(ANSWERED);
  expect(asked).toBe(0);
  goOn();
  expect(await answer).toBe(BODY);
  expect(asked).toBe(1);
});

test("a cut ends every connection, and the next one gets through", async () => {
  const goOn = gate.stall();
  const failed = expect(ask()).rejects.toThrow();
  await until("the connection", () => gate.cut() === 1);
  goOn();
  await failed;
  expect(await ask()).toBe(BODY);
});

test("a service that was started elsewhere is found under the same address", async () => {
  const other = serve("another");
  gate.retarget(await listen(other));
  gate.cut();
  expect(await ask()).toBe("another");
  other.closeAllConnections();
  other.close();
});
