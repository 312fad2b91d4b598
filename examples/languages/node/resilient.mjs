// Orders and tickets for the service desk, in Node.js without a package: what a caller of a CRM needs to live through bad days.
//
// * every attempt has a time limit for all of it, connecting and reading included; attempts are few, and waits between them grow
// * a token is renewed ahead of its own expires_in, by one request for all; a refusal is answered by one renewal and one repeat
// * what is no JSON, or has another form than expected, is never shown
// * a ticket that cannot be delivered now waits in a queue, and is delivered once, under the key that it always had

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const ATTEMPTS = 3;
const WAITS = [100, 200];
const ATTEMPT_TIMEOUT = 400;
const REFRESH_AHEAD = 600_000;
const USUAL_LIFE = 3_600_000;
const DELIVER_EVERY = 300;

class CrmUnavailable extends Error {}
class CrmRefused extends Error {}
/** Another attempt may mend it. */
class Passing extends Error {}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// What its users may ask.

async function findOrder(id) {
  const order = await ask("GET", `/orders/${id}`);
  if (order.id !== id || typeof order.status !== "string") {
    throw new CrmUnavailable("the CRM's order has another form than expected");
  }
  return { order: order.id, status: order.status };
}

async function openTicket(subject) {
  const ticket = { subject, key: randomUUID() };
  try {
    return [201, { ticket: await deliver(ticket, ATTEMPTS), status: "created" }];
  } catch (error) {
    if (!(error instanceof CrmUnavailable)) throw error;
    later(ticket);
    return [202, { ticket: null, status: "queued" }];
  }
}

async function deliver({ subject, key }, attempts) {
  const opened = await ask("POST", "/tickets", { attempts, body: { subject }, headers: { "Idempotency-Key": key } });
  if (typeof opened.id !== "string") throw new CrmUnavailable("the CRM's ticket has another form than expected");
  return opened.id;
}

// How it asks the CRM.

async function ask(method, path, { attempts = ATTEMPTS, body, headers } = {}) {
  let reason;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt) await wait(WAITS[attempt - 1]);
    try {
      return await authorized(method, path, body, headers, AbortSignal.timeout(ATTEMPT_TIMEOUT));
    } catch (error) {
      if (error instanceof CrmRefused || error instanceof CrmUnavailable) throw error;
      reason = error;
    }
  }
  throw new CrmUnavailable(`the CRM cannot be asked at the moment (${reason.message})`);
}

async function authorized(method, path, body, headers, signal) {
  for (let token = await tokens.current(signal), repeat = true; ; repeat = false) {
    const answer = await fetch(process.env.CRM_BASE_URL + path, {
      method,
      headers: { ...headers, Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      signal,
    });
    if (answer.status !== 401 || !repeat) return understood(answer);
    await answer.arrayBuffer();
    token = await tokens.replaced(token, signal);
  }
}

async function understood(answer) {
  const text = await answer.text();
  if (answer.status === 429 || answer.headers.has("Retry-After")) throw new CrmUnavailable("the CRM asks to come back later");
  if (answer.status >= 500) throw new Passing(`the CRM answered ${answer.status}`);
  if (answer.status >= 400) throw new CrmRefused(`the CRM answered ${answer.status}`);
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Passing("the CRM's answer is no JSON");
  }
  if (found === null || typeof found !== "object") throw new Passing("the CRM's answer has another form than expected");
  return found;
}

// The token that all share: whoever finds it due asks for another, and the others wait for the same answer.

const tokens = {
  token: null,
  due: 0,
  renewal: null,

  async current(signal) {
    return this.token === null || performance.now() >= this.due ? this.replaced(this.token, signal) : this.token;
  },

  async replaced(old, signal) {
    if (this.token !== old && this.token !== null) return this.token;
    this.renewal ??= this.renewed(signal).finally(() => (this.renewal = null));
    return this.renewal;
  },

  async renewed(signal) {
    // Whatever becomes of this, the old token is not sent again.
    this.token = null;
    const asked = performance.now();
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: process.env.CRM_CLIENT_ID,
      client_secret: process.env.CRM_CLIENT_SECRET,
    });
    const granted = await understood(await fetch(process.env.CRM_TOKEN_URL, { method: "POST", body: form, signal }));
    if (typeof granted.access_token !== "string") throw new Passing("the token endpoint's answer has another form");
    const lives = Number(granted.expires_in) > 0 ? Number(granted.expires_in) * 1000 : USUAL_LIFE;
    this.due = asked + (lives > REFRESH_AHEAD ? lives - REFRESH_AHEAD : lives / 2);
    return (this.token = granted.access_token);
  },
};

// Tickets that wait for the CRM, one after the other. A program that may be restarted keeps them in its database.

const waiting = [];
let delivering = false;

async function later(ticket) {
  waiting.push(ticket);
  if (delivering) return;
  delivering = true;
  for (let pause = true; waiting.length; ) {
    if (pause) await wait(DELIVER_EVERY);
    try {
      await deliver(waiting[0], 1);
      waiting.shift();
      pause = false;
    } catch (error) {
      pause = true;
      if (!(error instanceof CrmRefused)) continue;
      console.error(`ticket ${waiting[0].key} cannot be delivered and needs a person: ${error.message}`);
      waiting.shift();
    }
  }
  delivering = false;
}

// The service.

async function route(request) {
  const [, what, id] = request.url.split("/");
  if (what === "healthz") return [200, {}];
  if (request.method === "GET" && what === "orders") return [200, await findOrder(decodeURIComponent(id))];
  if (request.method === "POST" && what === "tickets") return openTicket((await json(request)).subject);
  return [404, { error: "there is no such address" }];
}

async function json(request) {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return JSON.parse(text);
}

function failure(error) {
  if (error instanceof CrmRefused) return [502, { error: error.message }];
  if (error instanceof CrmUnavailable) return [503, { error: error.message }];
  return [500, { error: "something broke on our side" }];
}

createServer(async (request, response) => {
  const [status, value] = await route(request).catch((error) => {
    console.error(`${request.method} ${request.url}: ${error.message}`);
    return failure(error);
  });
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}).listen(process.env.PORT, "127.0.0.1");
