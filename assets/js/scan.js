// Scanning: by camera where the browser can read codes, and counting at the pack bench what a scanner types.

// A button beside a field opens the camera; the first code that is read goes into the field, and the form is sent.
if ("BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia) {
  for (const button of document.querySelectorAll("[data-scan]")) {
    button.hidden = false;
    button.addEventListener("click", () => scanInto(document.getElementById(button.dataset.scan)));
  }
}

async function scanInto(field) {
  const dialog = document.createElement("dialog");
  dialog.className = "camera";
  const video = document.createElement("video");
  video.playsInline = true;
  video.muted = true;
  const close = document.createElement("button");
  close.className = "btn w-100";
  close.textContent = "✕";
  dialog.append(video, close);
  document.body.append(dialog);
  dialog.showModal();
  let stream;
  const end = () => {
    stream?.getTracks().forEach((track) => track.stop());
    dialog.remove();
  };
  dialog.addEventListener("close", end);
  close.addEventListener("click", () => dialog.close());
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    dialog.close(); // no camera, or it was not allowed: the field is still there to type into
    field.focus();
    return;
  }
  video.srcObject = stream;
  await video.play();
  const detector = new window.BarcodeDetector();
  const look = async () => {
    if (!dialog.open) {
      return;
    }
    const [found] = await detector.detect(video);
    if (found) {
      field.value = found.rawValue;
      dialog.close();
      if (!wantsTote(field)) {
        field.form.requestSubmit();
      }
      return;
    }
    requestAnimationFrame(look);
  };
  look();
}

// A stop of a walk: after the item the tote is scanned, then the form goes.
function wantsTote(field) {
  const tote = field.form.querySelector("[data-tote]");
  const isWanted = tote && tote !== field && !tote.value && !field.form.querySelector("[data-tote-seen]").checked;
  if (isWanted) {
    tote.focus();
  }
  return Boolean(isWanted);
}

for (const item of document.querySelectorAll("[data-scan-form] [name=scanned]")) {
  item.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && item.value && wantsTote(item)) {
      event.preventDefault(); // as a scanner ends what it types
    }
  });
}

// The pack bench: each line of the field is one item that was scanned; the table shows how many of each.
const scans = document.querySelector("[data-pack-form] textarea[name=scanned]");
if (scans) {
  const count = () => {
    const found = new Map();
    for (const sku of scans.value.split(/\s+/).filter(Boolean)) {
      found.set(sku, (found.get(sku) ?? 0) + 1);
    }
    for (const row of document.querySelectorAll("[data-scan-table] [data-sku]")) {
      const scanned = found.get(row.dataset.sku) ?? 0;
      const wanted = Number(row.dataset.want);
      row.querySelector("[data-scanned]").textContent = scanned;
      row.classList.toggle("scan-complete", wanted > 0 && scanned === wanted);
      row.classList.toggle("scan-too-many", scanned > wanted);
    }
  };
  scans.addEventListener("input", count);
  count();
}
