// The chart of the way to the goal is read day by day, with the arrow keys or the pointer. Without this file its table has it all.

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const drawing = figure.querySelector("svg[role='img']");
  const line = drawing.querySelector("polyline.line");
  const words = [...figure.querySelectorAll("table tr")].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  const [heads, ...days] = words;
  const places = (line?.getAttribute("points") ?? "").trim().split(" ").slice(1).map((point) => Number(point.split(",")[0]));
  if (!places.length || places.length !== days.length) continue;

  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "path");
  cursor.setAttribute("class", "cursor");
  const reading = document.createElement("p");
  reading.className = "reading small";
  reading.setAttribute("role", "status");
  drawing.append(cursor);
  drawing.after(reading);
  drawing.tabIndex = 0;

  let shown = places.length - 1;
  const show = (day) => {
    shown = Math.min(Math.max(day, 0), places.length - 1);
    cursor.setAttribute("d", `M${places[shown]} 24V262`);
    const [name, ...amounts] = days[shown];
    reading.textContent = `${name}. ${amounts.map((amount, column) => `${heads[column + 1]}: ${amount}`).join(" · ")}`;
  };
  const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -Infinity, End: Infinity };
  drawing.addEventListener("focus", () => show(shown));
  drawing.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(shown + steps[event.key]);
  });
  drawing.addEventListener("pointermove", (event) => {
    const box = drawing.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 720;
    show(places.findIndex((place) => place >= x) >= 0 ? places.findIndex((place) => place >= x) : places.length - 1);
  });
}
