"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const charts = new Set(); // those on the page, with what draws them
  const locale = "en";

  // ---- values: null, a text, a number, or [mean, half width] ----

  const mean = value => Array.isArray(value) ? value[0] : value;
  const half = value => Array.isArray(value) ? value[1] : null;

  function bytes(value) {
    const units = ["B", "KiB", "MiB", "GiB"];
    let unit = 0;
    for (; value >= 1024 && unit < units.length - 1; unit++) {
      value /= 1024;
    }
    return `${value.toFixed(unit && value < 100 ? 1 : 0)} ${units[unit]}`;
  }

  const formats = {
    text: value => value,
    count: value => value.toLocaleString(locale),
    percent: value => (100 * value).toFixed(1),
    points: value => (value > 0 ? "+" : "") + (100 * value).toFixed(1),
    ratio: value => value.toFixed(2),
    number: value => String(Number(value.toPrecision(4))),
    degrees: value => value.toFixed(1) + "°",
    seconds: value => value < 100 ? value.toFixed(1) + " s" : (value / 60).toFixed(1) + " min",
    bytes: bytes,
    probability: value => value < 0.001 ? "< 0.001" : value.toFixed(3),
  };
  const units = {percent: "%", points: "points", degrees: "degrees", seconds: "seconds"};
  // what a chart's axis counts in
  const scales = {percent: 100, points: 100};

  function shown(value, format) {
    const number = mean(value);
    if (number === null || number === undefined) {
      return "n/a";
    }
    const width = half(value);
    const unsigned = format === "points" ? "percent" : format;
    return formats[format](number) + (width === null ? "" : " ± " + formats[unsigned](width));
  }

  function element(name, properties, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  const escaped = text => element("i", {textContent: text}).innerHTML;

  // ---- tables ----

  function table(block) {
    const head = element("tr", {});
    const body = element("tbody", {});
    const made = element(
        "table", {}, element("caption", {textContent: block.caption}),
        element("thead", {}, head), body);
    let rows = block.rows.slice();

    const fill = () => body.replaceChildren(...rows.map(row => element("tr", {}, ...row.map(cell))));
    const cell = (value, i) => {
      const format = block.columns[i].format;
      const made = element(i ? "td" : "th", i ? {} : {scope: "row"});
      made.className = format === "text" ? "" : "number";
      const [before, after] = shown(value, format).split(" ± ");
      made.append(before);
      if (after !== undefined && format !== "text") {
        made.append(element("span", {className: "half", textContent: " ± " + after}));
      } else if (after !== undefined) {
        made.append(" ± " + after);
      }
      return made;
    };
    const compare = (i, down) => (left, right) => {
      const [a, b] = [mean(left[i]), mean(right[i])];
      if (a === null || b === null) {
        return (a === null) - (b === null); // what is not known comes last
      }
      const order = typeof a === "number" ? a - b : a.localeCompare(b, locale, {numeric: true});
      return down ? -order : order;
    };
    block.columns.forEach((column, i) => {
      const button = element("button", {type: "button", textContent: column.name});
      const th = element("th", {scope: "col"}, button);
      th.className = column.format === "text" ? "" : "number";
      th.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => {
        const before = th.getAttribute("aria-sort");
        // numbers are looked at from the greatest down first
        const down = before === "none" ? column.format !== "text" : before === "ascending";
        for (const other of head.children) {
          other.setAttribute("aria-sort", "none");
        }
        th.setAttribute("aria-sort", down ? "descending" : "ascending");
        rows = rows.slice().sort(compare(i, down));
        fill();
      });
      head.append(th);
    });
    fill();
    const region = element("div", {className: "scroll", tabIndex: 0}, made);
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", block.caption);
    return region;
  }

  // ---- charts ----

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const value = name => style.getPropertyValue(name).trim();
    const list = name => value(name).split(",").map(colour => colour.trim());
    return {
      text: value("--text"), muted: value("--muted"), line: value("--line"), page: value("--page"),
      panel: value("--panel"), series: list("--series"), heat: list("--heat"),
    };
  }

  /** What all charts share. */
  function base(palette) {
    return {
      animation: false,
      color: palette.series,
      backgroundColor: "transparent",
      textStyle: {color: palette.text, fontFamily: "sans-serif"},
      tooltip: {
        confine: true, backgroundColor: palette.panel, borderColor: palette.line,
        textStyle: {color: palette.text},
      },
      legend: {
        type: "scroll", top: 0, left: 0, right: 0, icon: "roundRect",
        textStyle: {color: palette.text}, inactiveColor: palette.muted,
        pageTextStyle: {color: palette.text}, pageIconColor: palette.text,
        pageIconInactiveColor: palette.line,
      },
    };
  }

  function axis(palette, more) {
    return {
      axisLine: {lineStyle: {color: palette.line}}, axisTick: {lineStyle: {color: palette.line}},
      axisLabel: {color: palette.text, hideOverlap: true},
      nameTextStyle: {color: palette.muted},
      splitLine: {lineStyle: {color: palette.line, opacity: 0.6}}, ...more,
    };
  }

  function tick(format) {
    return value => format === "seconds" ? value : format === "bytes" ? bytes(value)
        : String(Number(value.toPrecision(6)));
  }

  /** An interval from (low, at) to (high, at), or the other way round. */
  function whisker(api, across, from, to, size, colour) {
    const line = points => ({
      type: "line", style: {stroke: colour, lineWidth: 1.4},
      shape: {x1: points[0][0], y1: points[0][1], x2: points[1][0], y2: points[1][1]},
    });
    const shifted = ([x, y], d) => across ? [x, y + d] : [x + d, y];
    const end = point => line([shifted(point, -size), shifted(point, size)]);
    return {type: "group", children: [line([from, to]), end(from), end(to)]};
  }

  function bars(block, palette) {
    const scale = scales[block.format] || 1;
    const count = block.series.length;
    const gaps = {barGap: "12%", barCategoryGap: "28%"};
    const drawn = block.series.map(series => ({
      type: "bar", name: series.name, ...gaps, 
      data: series.values.map(value => mean(value) === null ? "-" : scale * mean(value)),
      emphasis: {focus: "series"},
    }));
    const intervals = block.series.map((series, index) => ({
      type: "custom", name: series.name, silent: true, z: 5, tooltip: {show: false},
      encode: {x: [1, 2], y: 0},
      data: series.values.map((value, i) => half(value) === null ? null
          : [i, scale * (mean(value) - half(value)), scale * (mean(value) + half(value))])
          .filter(value => value !== null),
      renderItem: (params, api) => {
        const seen = api.currentSeriesIndices().filter(i => i < count);
        const at = api.barLayout({...gaps, count: seen.length})[seen.indexOf(index)];
        const [x1, y] = api.coord([api.value(1), api.value(0)]);
        const [x2] = api.coord([api.value(2), api.value(0)]);
        const middle = y + at.offsetCenter;
        return whisker(api, true, [x1, middle], [x2, middle], Math.min(5, at.width / 2), palette.text);
      },
    }));
    const options = base(palette);
    return {
      ...options,
      legend: {...options.legend, show: count > 1, data: block.series.map(series => series.name)},
      tooltip: {
        ...options.tooltip, trigger: "item",
        formatter: at => `${escaped(at.name)}<br>${escaped(at.seriesName)}: <b>${escaped(
            shown(block.series[at.seriesIndex].values[at.dataIndex], block.format))}</b> ${
            units[block.format] || ""}`,
      },
      grid: {left: 20, right: 24, top: count > 1 ? 40 : 12, bottom: 32, containLabel: true},
      xAxis: axis(palette, {
        type: "value", name: units[block.format] || "", nameLocation: "middle", nameGap: 28,
        axisLabel: {color: palette.text, formatter: tick(block.format)},
      }),
      yAxis: axis(palette, {
        type: "category", data: block.categories, inverse: true,
        axisLabel: {color: palette.text, width: 300, overflow: "truncate"}, splitLine: {show: false},
      }),
      series: [...drawn, ...intervals],
    };
  }

  /** Names without the parts that all begin with. */
  function shortened(names) {
    const parts = names.map(name => name.split("."));
    let same = 0;
    while (parts.every(part => part.length > same + 1 && part[same] === parts[0][same])) {
      same++;
    }
    return name => name.split(".").slice(same).join(".");
  }

  function lines(block, palette) {
    const scale = scales[block.format] || 1;
    const many = block.series.some(series => series.points.length > 30);
    const dashes = ["solid", "dashed", "dotted"];
    const drawn = block.series.map((series, i) => ({
      type: "line", name: series.name, symbol: many ? "none" : "circle", symbolSize: 6,
      lineStyle: {width: 2, type: dashes[Math.floor(i / palette.series.length) % dashes.length]},
      emphasis: {focus: "series"}, connectNulls: true,
      data: series.points.map(([x, y]) => [x, y === null ? "-" : scale * y]),
    }));
    const intervals = block.series.map((series, i) => ({
      type: "custom", name: series.name, silent: true, tooltip: {show: false},
      encode: {x: 0, y: [1, 2]},
      data: series.points.filter(point => point.length > 2)
          .map(([x, y, d]) => [x, scale * (y - d), scale * (y + d)]),
      renderItem: (params, api) => whisker(
          api, false, api.coord([api.value(0), api.value(1)]),
          api.coord([api.value(0), api.value(2)]), 4, palette.series[i % palette.series.length]),
    }));
    const options = base(palette);
    const name = block.categories ? at => block.categories[at] : at => block.x + " " + at;
    return {
      ...options,
      legend: {
        ...options.legend, show: block.series.length > 1,
        data: block.series.map(series => series.name),
      },
      tooltip: {
        ...options.tooltip, trigger: "axis",
        formatter: seen => [escaped(String(name(seen[0].value[0])))].concat(
            seen.filter(at => at.seriesType === "line" && at.value[1] !== "-").map(at =>
                `${at.marker}${escaped(at.seriesName)}: <b>${escaped(
                    formats[block.format](at.value[1] / scale))}</b>`)).join("<br>"),
      },
      grid: {
        left: 36, right: 24, top: block.series.length > 1 ? 44 : 16, bottom: 40, containLabel: true,
      },
      xAxis: axis(palette, {
        type: block.categories ? "category" : "value", data: block.categories,
        name: block.categories ? "" : block.x, nameLocation: "middle", nameGap: 28, scale: true,
        axisLabel: {
          color: palette.text, hideOverlap: true, rotate: block.categories ? 50 : 0,
          formatter: block.categories ? shortened(block.categories) : tick(""),
        },
      }),
      yAxis: axis(palette, {
        type: "value", scale: true, name: block.y + (units[block.format] && units[block.format] !== block.y
            ? ", " + units[block.format] : ""),
        nameLocation: "middle", nameGap: 44, axisLabel: {color: palette.text, formatter: tick(block.format)},
      }),
      series: [...drawn, ...intervals],
    };
  }

  function heat(block, palette) {
    const scale = scales[block.format] || 1;
    const known = block.values.flat().filter(value => value !== null).map(value => scale * value);
    // ratios are seen against 0 and 1
    const [least, most] = block.format === "ratio" ? [0, Math.max(1, ...known)]
        : [Math.min(...known), Math.max(...known)];
    const share = value => most > least ? (value - least) / (most - least) : 0;
    const dark = document.documentElement.dataset.theme === "dark";
    const options = base(palette);
    const wide = block.columns.length > 14;
    return {
      ...options,
      legend: {show: false},
      tooltip: {
        ...options.tooltip, trigger: "item",
        formatter: at => `${escaped(block.row)} ${escaped(block.rows[at.value[1]])}<br>${
            escaped(block.column)} ${escaped(block.columns[at.value[0]])}: <b>${
            escaped(formats[block.format](at.value[2] / scale))}</b>`,
      },
      grid: {left: 20, right: 90, top: 8, bottom: 8, containLabel: true},
      xAxis: axis(palette, {
        type: "category", data: block.columns, position: "top", splitLine: {show: false},
        axisLabel: {
          color: palette.text, interval: 0, rotate: block.columns.length > 4 ? 30 : 0, width: 150,
          overflow: "truncate",
        },
      }),
      yAxis: axis(palette, {
        type: "category", data: block.rows, inverse: true, splitLine: {show: false},
        axisLabel: {color: palette.text, interval: 0, width: 200, overflow: "truncate"},
      }),
      visualMap: {
        min: least, max: most > least ? most : least + 1, calculable: false, right: 0,
        top: "middle", itemHeight: 120, inRange: {color: palette.heat},
        textStyle: {color: palette.text}, text: [tick("")(Number(most.toPrecision(3))),
          tick("")(Number(least.toPrecision(3)))],
      },
      series: [{
        type: "heatmap",
        itemStyle: {borderColor: palette.page, borderWidth: 1},
        label: {show: !wide, formatter: at => formats[block.format](at.value[2] / scale)},
        data: block.values.flatMap((row, y) => row.flatMap((value, x) => value === null ? [] : [{
          value: [x, y, scale * value],
          label: {color: (share(scale * value) > 0.6) === dark ? "#101418" : dark ? "#f2f5f8" : "#ffffff"},
        }])).map(item => dark || share(item.value[2]) > 0.6 ? item
            : {...item, label: {color: "#101418"}}),
      }],
    };
  }

  const drawers = {bars, lines, heat};

  const heights = {
    bars: block => 90 + block.categories.length
        * Math.max(30, 16 * block.series.length * 1.12 / 0.72),
    lines: block => block.categories ? 440 : 340,
    heat: block => 90 + 44 * block.rows.length,
  };

  /** A chart's numbers as a table. */
  const numbers = {
    bars: block => ({
      caption: block.title,
      columns: [{name: block.category, format: "text"},
        ...block.series.map(series => ({name: series.name, format: block.format}))],
      rows: block.categories.map((name, i) => [name, ...block.series.map(s => s.values[i])]),
    }),
    lines: block => ({
      caption: block.title,
      columns: [{name: "line", format: "text"},
        {name: block.x, format: block.categories ? "text" : "number"},
        {name: block.y, format: block.format}],
      rows: block.series.flatMap(series => series.points.map(([x, y, d]) => [
        series.name, block.categories ? block.categories[x] : x, d === undefined ? y : [y, d]])),
    }),
    heat: block => ({
      caption: block.title,
      columns: [{name: block.row, format: "text"},
        ...block.columns.map(name => ({name, format: block.format}))],
      rows: block.rows.map((name, i) => [name, ...block.values[i]]),
    }),
  };

  function described(block) {
    const what = {
      bars: () => `Bar chart of ${block.series.length} series over ${block.categories.length} categories`,
      lines: () => `Line chart of ${block.series.length} lines`,
      heat: () => `Heat map of ${block.rows.length} rows and ${block.columns.length} columns`,
    };
    return `${block.title}. ${what[block.type]()}; its numbers follow as a table.`;
  }

  function chart(block) {
    const place = element("div", {className: "chart"});
    place.style.height = heights[block.type](block) + "px";
    const details = element("details", {}, element("summary", {textContent: "Numbers"}));
    details.addEventListener("toggle", () => {
      if (details.children.length === 1) {
        details.append(table(numbers[block.type](block)));
      }
    });
    const drawn = {place, instance: null, draw() {
      this.clear();
      this.instance = echarts.init(place, null, {renderer: "svg"});
      this.instance.setOption(drawers[block.type](block, colours()));
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", described(block));
    }, clear() {
      if (this.instance !== null) {
        this.instance.dispose();
        this.instance = null;
      }
    }};
    charts.add(drawn);
    return element("figure", {}, element("figcaption", {textContent: block.title}), place, details);
  }

  // ---- blocks ----

  function listing(block) {
    const text = element("pre", {tabIndex: 0, textContent: block.text});
    text.setAttribute("role", "region");
    text.setAttribute("aria-label", block.title);
    return text;
  }

  function choice(block) {
    const place = element("div", {});
    const select = element("select", {}, ...block.options.map((option, i) =>
        element("option", {value: i, textContent: option.name})));
    const show = () => {
      for (const drawn of charts) {
        if (place.contains(drawn.place)) {
          drawn.clear();
          charts.delete(drawn);
        }
      }
      place.replaceChildren(...block.options[select.value].blocks.map(built));
      redraw(place);
    };
    select.addEventListener("change", show);
    place.replaceChildren(...block.options[0].blocks.map(built));
    const label = element("label", {}, block.label, select);
    return element("div", {className: "choice"}, label, place);
  }

  function built(block) {
    return {table, listing, choice, bars: chart, lines: chart, heat: chart}[block.type](block);
  }

  // ---- the page ----

  /** Draws the charts in a part of the page, which has to be on it to have a width. */
  function redraw(within) {
    for (const drawn of charts) {
      if (within.contains(drawn.place)) {
        drawn.draw();
      }
    }
  }

  const system = matchMedia("(prefers-color-scheme: dark)");
  const scheme = document.getElementById("scheme");

  function paint(theme) {
    document.documentElement.dataset.theme = theme;
    document.documentElement.style.colorScheme = theme;
    redraw(document.body);
  }

  const repaint = () => paint(scheme.value || (system.matches ? "dark" : "light"));

  for (const fact of data.facts) {
    document.getElementById("facts").append(element("div", {},
        element("dt", {textContent: fact.name}), element("dd", {textContent: fact.value})));
  }
  data.sections.forEach((section, i) => {
    const id = "section-" + (i + 1);
    const heading = element("h2", {id, textContent: section.title});
    const made = element("section", {}, heading, element("p", {className: "note", textContent: section.note}),
        ...section.blocks.map(built));
    made.setAttribute("aria-labelledby", id);
    document.getElementById("content").append(made);
    document.getElementById("contents").append(element("li", {},
        element("a", {href: "#" + id, textContent: section.title})));
  });

  repaint();
  scheme.addEventListener("change", repaint);
  system.addEventListener("change", repaint);
  addEventListener("beforeprint", () => paint("light"));
  addEventListener("afterprint", repaint);
  let width = document.body.clientWidth;
  addEventListener("resize", () => {
    if (document.body.clientWidth !== width) {
      width = document.body.clientWidth;
      charts.forEach(drawn => drawn.instance.resize());
    }
  });
})();
