"use strict";
async function post(path, body) {
  const answer = await fetch(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
  return {ok: answer.ok, ...await answer.json()};
}
function onPress(selector, act) {
  for (const button of document.querySelectorAll(selector)) button.addEventListener("click", async () => {
    button.disabled = true;
    try { await act(button); } finally { button.disabled = false; }
  });
}
const told = document.getElementById("told");
onPress("[data-seconds]", async (button) => {
  const answer = await post("/_local/clock", {advance_seconds: Number(button.dataset.seconds)});
  document.getElementById("now").textContent = answer.now.replace("T", " ").slice(0, 19);
  told.textContent = answer.ran.length ? "Ran: " + answer.ran.join(", ") + "." : "Nothing was due.";
});
onPress("[data-run]", async (button) => {
  const answer = await post("/_local/run/" + button.dataset.run, {});
  button.textContent = answer.error ? "Failed, see log" : "Done, run again";
});
onPress("[data-do]", async (button) => {
  const answer = await post("/_local/stripe/control", {do: button.dataset.do, payment_intent: button.dataset.intent});
  if (answer.ok) location.reload();
  else told.textContent = answer.error ? answer.error.message : "Stripe's stand-in refused that.";
});
