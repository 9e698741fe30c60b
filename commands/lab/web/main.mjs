// The form page: ODK Web Forms fills in the form that the page carries, and
// what is sent is offered as a file. helpers/forms/ builds it.
import { createApp, h } from "vue";
import {
  OdkWebForm, POST_SUBMIT__NEW_INSTANCE, webFormsPlugin,
} from "@getodk/web-forms";

const element = (id) => document.getElementById(id);

// A training room's hub may speak plain http, where browsers lack this.
crypto.randomUUID ??= () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64; // version 4
  bytes[8] = (bytes[8] & 63) | 128; // variant 1
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

// Without a network, most computers cannot tell where they are: a typed
// position then stands for the receiver's.
const receiver = navigator.geolocation;

function typed() {
  const number = (id) => parseFloat(element(id).value.replace(",", "."));
  const coords = {
    latitude: number("latitude"), longitude: number("longitude"),
    accuracy: number("accuracy"), altitude: 0,
  };
  return Object.values(coords).every(Number.isFinite) ? { coords } : null;
}

function answering(ask) {
  return (found, failed, options) => {
    const position = typed();
    if (!position) return receiver?.[ask](found, failed, options);
    setTimeout(() => found(position));
    return 0;
  };
}

Object.defineProperty(navigator, "geolocation", {
  value: {
    getCurrentPosition: answering("getCurrentPosition"),
    watchPosition: answering("watchPosition"),
    clearWatch: (id) => receiver?.clearWatch(id),
  },
});

// ODK Web Forms translates the form and leaves it left-to-right: the name
// of the language chosen, such as "العربية (ar)", gives the direction.
function turn() {
  const chosen = document.querySelector(".language-changer");
  if (!chosen) return;
  const name = chosen.textContent;
  const code = name.match(/\(([a-z]{2,3})\)/)?.[1];
  const rtl = ["ar", "fa", "he", "ur"].includes(code)
    || (!code && /[\u0590-\u08ff]/.test(name));
  element("form").dir = rtl ? "rtl" : "ltr";
  element("form").lang = code ?? "";
}

// Its number fields have a label that points beside them.
function label() {
  for (const said of element("form").querySelectorAll("label[for]")) {
    const field = said.closest(".question-container")
      ?.querySelector(".p-inputnumber input");
    if (field && !said.control) field.ariaLabel = said.textContent;
  }
}

new MutationObserver(() => { turn(); label(); }).observe(
  element("form"), { childList: true, subtree: true, characterData: true });

async function sent({ data }, done) {
  const file = data[0].get("xml_submission_file");
  const text = await file.text();
  element("xml").textContent = text.replace(/></g, ">\n<");
  element("download").href = URL.createObjectURL(
    new Blob([text], { type: "text/xml" }));
  element("sent").hidden = false;
  done({ next: POST_SUBMIT__NEW_INSTANCE });
  element("sent").focus();
}

element("copy").onclick = () => {
  getSelection().selectAllChildren(element("xml"));
  document.execCommand("copy"); // navigator.clipboard asks for an origin
};

// Jupyter serves a page in a sandbox: its downloads end without a word.
if (location.protocol !== "file:" && self.origin === "null") {
  element("download").hidden = true;
  element("no-files").hidden = false;
}

createApp({
  render: () => h(OdkWebForm, {
    formXml: JSON.parse(element("form-xml").textContent),
    fetchFormAttachment: async () => new Response(null, { status: 404 }),
    missingResourceBehavior: "BLANK",
    onSubmit: sent,
  }),
}).use(webFormsPlugin).mount("#form");
