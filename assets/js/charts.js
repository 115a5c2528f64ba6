// Charts by ECharts, as SVG, in the colors of the page. The numbers also stand in a table beside each chart.
import * as echarts from "echarts/core";
import { BarChart, HeatmapChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, DatasetComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

echarts.use([
  BarChart, HeatmapChart, LineChart, PieChart,
  AriaComponent, DatasetComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent,
  SVGRenderer,
]);

const COLORS = ["#066fd1", "#d6336c", "#2fb344", "#f59f00", "#ae3ec9", "#0ca678", "#f76707", "#4263eb"];

// In the colors that the page has now, and again when it turns dark or light.
export function draw(place) {
  const chart = echarts.init(place, null, { renderer: "svg" });
  const paint = (more) => chart.setOption({ ...optionOf(place), ...more }, { notMerge: true });
  paint();
  chart.on("click", ({ data }) => {
    const to = data?.href;
    if (to) {
      window.location.assign(to);
    }
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  new MutationObserver(() => paint()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  // On paper all of it is there at once, and as wide as the sheet, which nobody knows yet: so it is drawn to be scaled.
  window.addEventListener("beforeprint", () => {
    paint({ animation: false });
    chart.getZr().flush();
    place.querySelector("svg")?.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  });
  window.addEventListener("afterprint", () => {
    place.querySelector("svg")?.removeAttribute("viewBox");
    chart.resize();
  });
}

// Numbers as people of the page's language write them: 25.000 in German.
const written = (value) => (typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : value);

// The name of an axis at the side begins at its line and goes inward: in the middle above it, a long one would be cut.
const nameOf = (each, axis, index) => (each.name && axis === "yAxis" ? { nameTextStyle: { align: index ? "right" : "left" } } : {});

function optionOf(place) {
  const style = getComputedStyle(place);
  const ink = style.color;
  const line = style.getPropertyValue("--tblr-border-color").trim() || ink;
  const label = { color: ink, textBorderWidth: 0 };
  const axis = { axisLabel: { color: ink, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  const option = JSON.parse(place.dataset.chart);
  for (const name of ["xAxis", "yAxis"]) {
    if (option[name]) {
      option[name] = [option[name]].flat().map((each, index) => ({ ...axis, ...nameOf(each, name, index), axisLabel: each.type === "value" ? { ...axis.axisLabel, formatter: written } : axis.axisLabel, ...(index ? { splitLine: { show: false } } : {}), ...each }));
    }
  }
  return {
    color: COLORS,
    textStyle: { color: ink, fontFamily: style.fontFamily },
    aria: { enabled: true, decal: { show: true } },
    // Below the legend, with room for the names of the axes.
    grid: { left: 8, right: 16, top: option.series?.length > 1 ? 56 : 40, bottom: 8, containLabel: true },
    legend: option.series?.length > 1 ? { top: 0, textStyle: { color: ink } } : undefined,
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    ...option,
    series: option.series?.map((each) => ({ ...each, label: { ...label, ...each.label } })),
    // Drawn, because as HTML it would need inline styles, which the Content-Security-Policy forbids.
    tooltip: { trigger: ["heatmap", "pie"].includes(option.series?.[0]?.type) ? "item" : "axis", valueFormatter: written, ...option.tooltip, renderMode: "richText" },
  };
}
