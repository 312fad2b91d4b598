// The same service as in resilient.mjs, before its incidents: it keeps its token until it is restarted, has no timeout, tries
// until it succeeds, sends a ticket again without a key, and takes an answer that it cannot read for an empty one.

import { createServer } from "node:http";

let token;

async function freshToken() {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: process.env.CRM_CLIENT_ID,
    client_secret: process.env.CRM_CLIENT_SECRET,
  });
  return (await (await fetch(process.env.CRM_TOKEN_URL, { method: "POST", body: form })).json()).access_token;
}

async function ask(method, path, body) {
  for (;;) {
    try {
      token ??= await freshToken();
      const answer = await fetch(process.env.CRM_BASE_URL + path, {
        method,
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: body && JSON.stringify(body),
      });
      if (answer.status < 500) return understood(answer);
      await answer.text();
    } catch (error) {
      console.error(`trying again: ${error.message}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function understood(answer) {
  const text = await answer.text();
  if (!answer.ok) return { error: `the CRM answered ${answer.status}` };
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function route(request) {
  const [, what, id] = request.url.split("/");
  if (what === "orders") return ask("GET", `/orders/${id}`);
  if (what === "tickets") return ask("POST", "/tickets", { subject: (await json(request)).subject });
  return {};
}

async function json(request) {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) text += piece;
  return JSON.parse(text);
}

createServer(async (request, response) => {
  const found = await route(request);
  const value = { order: found.id, status: found.status, ...(found.error && { error: found.error }) };
  response.writeHead(found.error ? 502 : 200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}).listen(process.env.PORT, "127.0.0.1");
