// Passkeys on the login pages, and the page /account/security. Everything is asked of the API under /v1/auth.

const byId = (id) => document.getElementById(id);
const hasPasskeys = () => Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);

const csrf = () => document.cookie.split("; ").find((c) => c.startsWith("aw_csrf="))?.slice(8) ?? "";

/** Asks the API: the envelope's data, or an Error with the API's words. */
async function api(method, path, body) {
  const headers = { "X-CSRF-Token": csrf() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(`/v1/auth/${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 204) return undefined;
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.error?.message ?? "That did not work.");
  return json.data;
}

/** Says what went wrong; a person who changed their mind knows. */
function say(place, error) {
  place.hidden = error.name === "NotAllowedError";
  place.textContent = error.name === "InvalidStateError" ? "This device has a passkey here already." : error.message;
}

async function login(button) {
  const { next, challenge } = button.dataset;
  const { publicKey } = await api("POST", "passkeys/login/options", challenge ? { challenge } : {});
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  const credential = (await navigator.credentials.get({ publicKey: options })).toJSON();
  if (challenge) await api("POST", "login/factor", { challenge, passkey: credential });
  else await api("POST", "passkeys/login", { credential });
  location.assign(next);
}

const block = byId("passkey");
if (block && hasPasskeys()) {
  const [button, place] = [block.querySelector("button"), block.querySelector("p")];
  block.hidden = false;
  button.addEventListener("click", async () => {
    place.hidden = button.disabled = true;
    try {
      await login(button);
    } catch (error) {
      say(place, error);
      button.disabled = false;
    }
  });
}

async function addPasskey(form) {
  const { publicKey } = await api("POST", "passkeys/options");
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
  const credential = (await navigator.credentials.create({ publicKey: options })).toJSON();
  const made = await api("POST", "passkeys", { name: form.elements.name.value, credential });
  showCodes(made.recoveryCodes);
}

function item(text) {
  const li = document.createElement("li");
  li.textContent = text;
  return li;
}

function button(text, click) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => run(click));
  return made;
}

function passkey({ id, name, lastUsedAt, version }) {
  const li = item(`${name} (${lastUsedAt ? `used ${new Date(lastUsedAt).toLocaleDateString()}` : "not used yet"}) `);
  li.append(
    button("Rename", async () => {
      const chosen = prompt("Name", name);
      if (chosen) await rename(id, chosen, version);
    }),
    " ",
    button("Remove", async () => {
      if (confirm(`Remove ${name}?`)) await api("DELETE", `passkeys/${id}`);
    }),
  );
  return li;
}

async function rename(id, name, version) {
  const headers = { "X-CSRF-Token": csrf(), "Content-Type": "application/json", "If-Match": `"${version}"` };
  const answer = await fetch(`/v1/auth/passkeys/${id}`, { method: "PATCH", headers, body: JSON.stringify({ name }) });
  if (!answer.ok) throw new Error((await answer.json()).error.message);
}

function showCodes(codes) {
  if (!codes?.length) return;
  byId("recovery-codes").replaceChildren(...codes.map(item));
  byId("recovery-new").hidden = false;
}

async function show() {
  const [factors, passkeys] = await Promise.all([api("GET", "factors"), api("GET", "passkeys?limit=100")]);
  byId("passkeys").replaceChildren(...passkeys.map(passkey));
  byId("passkey-add").hidden = !hasPasskeys();
  byId("totp-begin").hidden = factors.totp || !byId("totp-confirm").hidden;
  byId("totp-disable").hidden = !factors.totp;
  byId("recovery-left").textContent = `${factors.recoveryCodes} left.`;
  byId("recovery-renew").hidden = !factors.totp && factors.passkeys === 0;
  byId("security").hidden = false;
}

/** Does it, says what went wrong, and shows what is so now. */
async function run(work) {
  const place = byId("problem");
  place.hidden = true;
  try {
    await work();
  } catch (error) {
    place.hidden = false;
    say(place, error);
  }
  await show().catch((error) => {
    place.hidden = false;
    say(place, error);
  });
}

function on(id, work) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    run(() => work(event.target));
  });
}

if (byId("security")) {
  on("passkey-add", addPasskey);
  on("totp-begin", async () => {
    const { secret, uri, qr } = await api("POST", "factors/totp");
    byId("totp-qr").hidden = !qr;
    if (qr) byId("totp-qr").src = `data:image/svg+xml,${encodeURIComponent(qr)}`;
    byId("totp-secret").textContent = secret;
    byId("totp-uri").href = uri;
    byId("totp-new").hidden = byId("totp-confirm").hidden = false;
  });
  on("totp-confirm", async (form) => {
    const { recoveryCodes } = await api("POST", "factors/totp/confirm", { code: form.elements.code.value });
    form.reset();
    form.hidden = byId("totp-new").hidden = true;
    showCodes(recoveryCodes);
  });
  on("totp-disable", async (form) => {
    await api("POST", "factors/totp/disable", { password: form.elements.password.value });
    form.reset();
  });
  on("recovery-renew", async () => showCodes((await api("POST", "factors/recovery-codes")).recoveryCodes));
  run(async () => {});
}
