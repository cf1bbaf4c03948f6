// Draws the charts of a page: every JSON block names its box and holds the
// options ECharts draws. Nothing here is made from data.
(function () {
  "use strict";
  if (typeof echarts === "undefined") {
    return;
  }
  var drawn = [];
  document.querySelectorAll('script[type="application/json"][data-chart]').forEach(function (block) {
    var box = document.getElementById(block.dataset.chart);
    if (!box) {
      return;
    }
    var chart = echarts.init(box, null, { renderer: "canvas", devicePixelRatio: 2 });
    chart.setOption(JSON.parse(block.textContent));
    drawn.push(chart);
  });
  window.addEventListener("resize", function () {
    drawn.forEach(function (chart) {
      chart.resize();
    });
  });
  document.documentElement.dataset.charts = String(drawn.length);
})();
