/* Passkeys: the page has the server's options, the browser asks for the passkey, and the form brings its answer back. */

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer || [])))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const named = (credentials) => (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function created(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const credential = await navigator.credentials.create({ publicKey });
  const { attestationObject, clientDataJSON } = credential.response;
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: {
      attestationObject: text(attestationObject),
      clientDataJSON: text(clientDataJSON),
      transports: credential.response.getTransports?.() ?? null,
    },
    extensions: JSON.stringify(credential.getClientExtensionResults()),
  };
}

async function requested(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: named(options.allowCredentials),
  };
  const credential = await navigator.credentials.get({ publicKey });
  const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response;
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: text(userHandle),
    },
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const options = JSON.parse(form.dataset.options);
  const ask = form.dataset.passkey === "create" ? created : requested;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.querySelector("[data-failed]").hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(options));
      form.submit();
    } catch {
      form.querySelector("[data-failed]").hidden = false;
    }
  });
}
