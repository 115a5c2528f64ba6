// Charts are drawn only where there are some: `<div data-chart='{...}' data-charts="/static/charts-….js">`.
for (const place of document.querySelectorAll("[data-chart]")) {
  import(place.dataset.charts).then(({ draw }) => draw(place));
}
