// The world of the module: all that it needs from outside, which is a plain loop around its steps. It uses `fetch`, timers, two
// clocks and a source of random bytes, and decides nothing.

export class Cashlink {
  #exports;

  // With an empty import object, the module can reach nothing at all: it is called, and that is all that happens to it.
  constructor(module, account) {
    this.#exports = new WebAssembly.Instance(module, {}).exports;
    this.#tell({ tell: "account", ...account });
  }

  // Performs one call, and the next when it has ended. What it rejects with says whether the call took effect.
  async call(call) {
    const entropy = [...crypto.getRandomValues(new Uint8Array(16))];
    let step = this.#tell({ tell: "call", call, now: now(), entropy });
    for (;;) {
      switch (step.step) {
        case "send": {
          const [told, body] = await send(step);
          step = this.#tell({ ...told, now: now() }, body);
          break;
        }
        case "wait":
          await new Promise((resolve) => setTimeout(resolve, Math.ceil(step.micros / 1000)));
          step = this.#tell({ tell: "woken", now: now() });
          break;
        case "done":
          return step;
        default:
          throw Object.assign(new Error(step.error), step);
      }
    }
  }

  // One message in, one out: a line of JSON each, and the bytes of a body behind it.
  #tell(message, body = new Uint8Array()) {
    const line = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
    const room = this.#room(line.length + body.length);
    room.set(line);
    room.set(body, line.length);
    // A copy, because the next message goes to the same place.
    const answer = this.#room(this.#exports.turn()).slice();
    const end = answer.indexOf(10);
    const said = JSON.parse(new TextDecoder().decode(answer.subarray(0, end)));
    if (said.step === "refused") throw new Error(said.reason);
    return { ...said, body: answer.subarray(end + 1) };
  }

  #room(length) {
    const at = this.#exports.room(length);
    // Only now: the memory may have grown, and then its old buffer is gone.
    return new Uint8Array(this.#exports.memory.buffer, at, length);
  }
}

// The time is a value, read here and nowhere else.
function now() {
  return { wall_seconds: Math.floor(Date.now() / 1000), monotonic_micros: Math.floor(performance.now() * 1000) };
}

// Sends one request, once, and tells what came of it.
async function send({ method, url, headers, body, timeout_millis, largest_answer }) {
  let head;
  try {
    const answer = await fetch(url, {
      method,
      // `fetch` would ask for a compressed body by itself, and hand on the header that says so beside the unpacked bytes.
      headers: [...headers, ["accept-encoding", "identity"]],
      body: body.length > 0 ? body : undefined,
      redirect: "manual",
      signal: AbortSignal.timeout(timeout_millis),
    });
    head = { status: answer.status, headers: [...answer.headers] };
    const bytes = await read(answer.body, largest_answer);
    return bytes ? [{ tell: "answer", head }, bytes] : [{ tell: "failure", failure: { how: "too_large", head } }];
  } catch (error) {
    const reason = String(error.cause?.code ?? error.name);
    if (head) return [{ tell: "failure", failure: { how: "cut", head, reason } }];
    // Whatever is not known to come before sending may have been sent.
    return [{ tell: "failure", failure: { how: NOT_SENT.has(reason) ? "not_sent" : "maybe_sent", reason } }];
  }
}

const NOT_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

// The whole body, or nothing where it is larger.
async function read(stream, largest) {
  const pieces = [];
  let length = 0;
  for await (const piece of stream ?? []) {
    length += piece.length;
    if (length > largest) return undefined;
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
