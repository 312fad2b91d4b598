// Loaded into a Node.js caller before its own code (NODE_OPTIONS=--require): Node's fetch and many clients take no proxy from
// the environment. What it opens to an intercepted host at port 443 is led to the lab; other hosts at 80 and 443 are refused.
"use strict";
const net = require("node:net");

const hosts = new Set((process.env.CRM_INTERCEPT || "").toLowerCase().split(",").filter(Boolean));
const lab = new URL(process.env.CRM_BASE_URL || "http://127.0.0.1:0");
const proxy = new URL(process.env.CRM_PROXY_URL || "http://127.0.0.1:0");

// axios and others would speak plain HTTP to a proxy where a tunnel is meant; here none is needed.
for (const name of ["HTTPS_PROXY", "https_proxy"]) delete process.env[name];

const plain = (host) => String(host || "").toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
const near = (host) =>
  host === "" || host === "localhost" || host === "::1" || host === "crm.test" || host.startsWith("127.");

const connect = net.Socket.prototype.connect;

function refuse(socket, host, port) {
  // The lab's proxy writes down who was tried.
  const told = new net.Socket();
  told.on("error", () => {});
  told.on("data", () => told.destroy());
  connect.call(told, { host: proxy.hostname, port: Number(proxy.port) }, () =>
    told.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`));
  told.unref();
  const why = hosts.has(host) ? "only port 443 is led to the lab" : `add intercept: [${host}]`;
  const error = Object.assign(new Error(`tried ${host}:${port}; ${why}`), { code: "ECONNREFUSED", syscall: "connect" });
  process.nextTick(() => socket.destroy(error));
  return socket;
}

net.Socket.prototype.connect = function (...args) {
  const list = Array.isArray(args[0]) ? args[0] : args;
  const given = typeof list[0] === "object" && list[0] !== null ? list[0] : null;
  const port = Number(given ? given.port : list[0]);
  if ((given && given.path) || !(port === 443 || port === 80)) return connect.apply(this, args);
  const host = plain(given ? given.host : typeof list[1] === "string" ? list[1] : "");
  if (near(host)) return connect.apply(this, args);
  if (!hosts.has(host) || port !== 443) return refuse(this, host, port);
  const led = { host: lab.hostname, port: Number(lab.port) };
  if (given) list[0] = { ...given, ...led, lookup: undefined };
  else [list[0], list[1]] = [led.port, led.host];
  return connect.apply(this, args);
};
