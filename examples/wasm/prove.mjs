// The main job, done by the module against a sandbox: `node prove.mjs MODULE SANDBOX [FLAW]`. SANDBOX is the program
// `cashlink-sandbox`; it runs on a port that the system picks, and what it holds in the end is what counts. It fails when
// anything is not as it should be, and with a FLAW, a thing that a host must not do, it has to.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { argv } from "node:process";
import { createInterface } from "node:readline";
import { Cashlink } from "./host.mjs";

const INVESTORS = "/api/external/distributor/v2/investors/";
const [modulePath, sandboxPath, flaw] = argv.slice(2);

// Starts the sandbox, and reads from its welcome where it listens and whom it knows.
async function startSandbox() {
  const child = spawn(sandboxPath, ["--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const found = {};
  for await (const line of createInterface({ input: child.stdout })) {
    found.origin ??= line.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
    found.client ??= line.match(/OAuth client +(\S+) (\S+)$/)?.slice(1);
    if (found.origin && found.client) break;
  }
  if (!found.origin || !found.client) {
    child.kill();
    throw new Error("the sandbox did not say where it listens and whom it knows");
  }
  const ask = (...words) => execFileSync(sandboxPath, [...words, "--at", found.origin], { encoding: "utf8" });
  return { child, ask, ...found, state: () => JSON.parse(ask("state")) };
}

// What a host can do wrong: the checks below must notice.
const FLAWS = {
  // Another key for each attempt: what is repeated is no longer the same intent.
  "new-key": (fetch) => (url, options) => {
    const headers = options.headers.map(([name, value]) =>
      name === "x-idempotency-key" ? [name, crypto.randomUUID()] : [name, value]);
    return fetch(url, { ...options, headers });
  },
  // A stack that repeats by itself, below the protocol.
  "sends-twice": (fetch) => async (url, options) => {
    if (options.method === "POST") await fetch(url, options).then((answer) => answer.arrayBuffer(), () => {});
    return fetch(url, options);
  },
};

const investor = (key, forename, surname) =>
  ({ operation: "create_investor", key, forename, surname, birth_date: "1985-12-10", citizenship: "DEU" });

async function prove(cashlink, sandbox) {
  const ada = await cashlink.call(investor("investor-1", "Ada", "Lovelace"));
  assert.deepEqual([ada.status, ada.attempts], [201, 1], "the first investor is there after one attempt");

  sandbox.ask("fault", "drop-response", "--method", "POST", "--path", INVESTORS);
  const grace = await cashlink.call(investor("investor-2", "Grace", "Hopper"));
  assert.equal(grace.attempts, 2, "the first answer was lost");
  assert.equal(sandbox.state().objects.investors, 2, "a lost answer ends in one object");

  const again = await cashlink.call(investor("investor-2", "Grace", "Hopper"));
  assert.deepEqual(again.value, grace.value, "the same key brings the same investor");

  sandbox.ask("fault", "cut-body=10", "--method", "POST", "--path", INVESTORS);
  const edsger = await cashlink.call(investor("investor-3", "Edsger", "Dijkstra"));
  assert.equal(edsger.attempts, 2, "the first answer was cut");

  const created = [ada, grace, edsger];
  while (created.length < 25) {
    const number = created.length + 1;
    created.push(await cashlink.call(investor(`investor-${number}`, "Investor", `No. ${number}`)));
  }

  // The walk is text for the host to keep; in the middle of it, every token expires.
  const pages = [];
  for (let walk = null; walk !== null || pages.length === 0;) {
    const page = await cashlink.call({ operation: "list_investors", walk });
    if (pages.length === 0) sandbox.ask("trigger", "expire-tokens");
    pages.push(page.value.ids);
    walk = page.value.walk;
  }
  assert.deepEqual(pages.map((ids) => ids.length), [10, 10, 5], "25 investors come in 3 pages");
  assert.deepEqual(pages.flat(), created.map(({ value }) => value.id), "oldest first, each of them once");

  sandbox.ask("fault", "status=403", "--method", "POST", "--path", INVESTORS);
  const refused = await cashlink.call(investor("investor-26", "Eve", "Refused")).catch((error) => error);
  assert.deepEqual([refused.step, refused.did_it_happen], ["failed", "no"], "a refusal is told as what did not happen");

  const { objects, requests, tokens, keys, faults } = sandbox.state();
  assert.equal(objects.investors, 25, "the sandbox holds what was asked for");
  assert.deepEqual(
    { tokens: tokens.requests, keys, created: requests[`POST ${INVESTORS}`], listed: requests[`GET ${INVESTORS}`], faults },
    {
      // One at first, one for those that expired.
      tokens: 2,
      // The lost answer, the cut one, and the investor that was asked for twice.
      keys: { stored: 25, replays: 3, replays_of_other_bodies: 0 },
      // Those three and the refusal, beside 25.
      created: 29,
      // The second page twice: its token had expired.
      listed: 4,
      faults: [],
    },
    "the sandbox was asked no more and no less",
  );
  return requests;
}

// What no sandbox does: an answer that makes the module's memory grow, one beyond the limit, nobody there at all.
async function proveStrangers(connect) {
  const MEBIBYTE = 1 << 20;
  let length = 7 * MEBIBYTE;
  const server = createServer((_, answer) => answer.end('{"access_token":"t0k3n"}'.padEnd(length))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  const list = () => connect(origin).call({ operation: "list_investors", walk: null }).catch(({ error }) => error);
  assert.match(await list(), /^investors\.list: the answer \(200\) can't be read/, "the large token was read, and is no page");
  length = 9 * MEBIBYTE;
  assert.match(await list(), /larger than allowed/, "reading stops at the limit");
  server.closeAllConnections();
  await once(server.close(), "close");
  assert.match(await list(), /not sent: ECONNREFUSED/, "where nobody listens, nothing was sent");
}

const sandbox = await startSandbox();
try {
  if (flaw) globalThis.fetch = FLAWS[flaw](globalThis.fetch);
  const module = new WebAssembly.Module(readFileSync(modulePath));
  const [client_id, client_secret] = sandbox.client;
  const connect = (origin) => new Cashlink(module, { base_url: `${origin}/api/external`, client_id, client_secret });
  const requests = await prove(connect(sandbox.origin), sandbox);
  await proveStrangers(connect);
  const total = Object.values(requests).reduce((sum, count) => sum + count);
  console.log(`2 tokens, 25 investors, 3 pages in ${total} requests; a lost and a cut answer ended in one object each`);
} finally {
  sandbox.child.kill();
}
