// Node's own fetch and https with the CRM's address wired in; neither is told of the lab, and fetch takes no proxy.
import https from "node:https";

const PATH = "/crm/v3/objects/contacts/101";
const headers = { Authorization: `Bearer ${process.env.CRM_ACCESS_TOKEN}` };

async function withFetch(host = "api.hubapi.com") {
  const answer = await fetch(`https://${host}${PATH}`, { headers });
  return (await answer.json()).id;
}

function withHttps() {
  return new Promise((done, failed) => {
    https.get(`https://api.hubapi.com${PATH}`, { headers }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part)).on("end", () => done(JSON.parse(text).id));
    }).on("error", failed);
  });
}

const calls = { with_fetch: withFetch, with_https: withHttps, elsewhere: () => withFetch("api.elsewhere.example") };
try {
  console.log(JSON.stringify(await calls[process.argv[2]]()));
} catch (error) {
  console.log(JSON.stringify(String(error.cause ?? error)));
  process.exitCode = 3;
}
