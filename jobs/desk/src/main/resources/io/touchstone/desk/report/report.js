// Draws the charts of the report. What they show is in the script element "data" (Charts.java), the same in words and tables around them.
(function () {
  'use strict';

  const root = document.documentElement;
  const data = JSON.parse(document.getElementById('data').textContent);
  const charts = new Map();
  const PAPER_WIDTH = 690;

  const escape = text => String(text).replace(/[&<>"']/g, c => '&#' + c.charCodeAt(0) + ';');
  const percent = value => value === null || value === undefined ? 'no rate' : value.toFixed(value !== 0 && value < 0.1 ? 2 : 1) + ' %';
  const price = value => value === null || value === undefined ? '–' : String(Math.round(value * 1e4) / 1e4);

  /** The colours of the page, as they are now: light, dark or on paper. */
  function theme() {
    const style = getComputedStyle(root);
    const of = name => style.getPropertyValue('--' + name).trim();
    return {
      of, ink: of('ink'), soft: of('soft'), line: of('line'), card: of('card'),
      font: getComputedStyle(document.body).fontFamily,
    };
  }

  const STRIPES = {symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: 'rgba(255,255,255,.55)'};
  const DOTS = {symbol: 'circle', symbolSize: 0.6, dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], color: 'rgba(0,0,0,.45)'};

  const STANDINGS = {
    DEMOTED: {color: 'demoted', decal: STRIPES},
    PROBATION: {color: 'probation', decal: DOTS},
    TRIAL: {color: 'trial'},
    WATCH: {color: 'watch'},
    GOOD: {color: 'good-fill'},
    UNRATED: {color: 'unrated'},
  };

  function base(t, more) {
    return Object.assign({
      animation: false,
      useUTC: true,
      textStyle: {fontFamily: t.font, color: t.ink},
      grid: {left: 8, right: 16, top: 16, bottom: 6, containLabel: true},
      tooltip: {
        trigger: 'axis', confine: true, backgroundColor: t.card, borderColor: t.line,
        textStyle: {color: t.ink, fontSize: 13}, axisPointer: {lineStyle: {color: t.soft}},
      },
    }, more);
  }

  function dayAxis(t, days, width, more) {
    // Every nth label, counted from the newest day.
    const step = Math.ceil(days.length / Math.max(2, Math.floor((width - 60) / 62)));
    return Object.assign({
      type: 'category', data: days, boundaryGap: false,
      axisLine: {lineStyle: {color: t.soft}}, axisTick: {show: false},
      axisLabel: {color: t.soft, formatter: day => day.slice(5), interval: i => (days.length - 1 - i) % step === 0},
    }, more);
  }

  function valueAxis(t, more) {
    return Object.assign({
      type: 'value', axisLine: {show: false}, splitNumber: 4,
      splitLine: {lineStyle: {color: t.line}}, axisLabel: {color: t.soft, hideOverlap: true},
    }, more);
  }

  /** An axis from 0 on that ends above a value, in four or five even steps. */
  function upTo(value) {
    const magnitude = Math.pow(10, Math.floor(Math.log10(value / 4)));
    const interval = [1, 2, 2.5, 5, 10].map(step => step * magnitude).find(step => step * 5 >= value);
    return {min: 0, max: Math.ceil(value / interval) * interval, interval};
  }

  function legend(t, names) {
    return {top: 0, left: 0, data: names, itemWidth: 18, itemHeight: 10, itemGap: 14, textStyle: {color: t.ink}, type: 'plain'};
  }

  const draw = {
    standing(d, t, width) {
      const narrow = width < 560;
      return base(t, {
        legend: legend(t, d.series.map(s => s.name)),
        grid: {left: 8, right: 16, top: narrow ? 62 : 36, bottom: 6, containLabel: true},
        tooltip: Object.assign(base(t).tooltip, {axisPointer: {type: 'line', lineStyle: {color: t.ink}}}),
        xAxis: dayAxis(t, d.days, width, {boundaryGap: true}),
        yAxis: valueAxis(t, {minInterval: 1}),
        series: d.series.map(s => ({
          name: s.name, type: 'bar', stack: 'all', barCategoryGap: '0%', barWidth: '100%', data: s.counts.map(count => count || null),
          // The border closes the hairline between days.
          itemStyle: {
            color: t.of(STANDINGS[s.name].color), borderColor: t.of(STANDINGS[s.name].color), borderWidth: 0.8,
            decal: STANDINGS[s.name].decal,
          },
        })),
      });
    },

    course(d, t, width) {
      const rates = d.rate.filter(r => r !== null);
      const top = Math.max(1.25 * Math.max(0, ...rates), 1.6 * Math.max(...d.standard));
      const above = d.high.map((high, i) => high === null ? null : high - d.low[i]);
      const last = d.rate.length - 1;
      return base(t, {
        grid: {left: 4, right: 62, top: 14, bottom: 4, containLabel: true},
        tooltip: Object.assign(base(t).tooltip, {
          formatter: of => {
            const i = of[0].dataIndex;
            return '<b>' + d.days[i] + '</b><br>' + escape(d.name) + ': ' + percent(d.rate[i])
              + (d.rate[i] === null ? '' : '<br>interval: ' + percent(d.low[i]) + ' to ' + percent(d.high[i]))
              + '<br>standard: ' + percent(d.standard[i]);
          },
        }),
        xAxis: dayAxis(t, d.days, width),
        yAxis: valueAxis(t, Object.assign(upTo(top), {axisLabel: {color: t.soft, formatter: value => Math.round(value * 100) / 100 + ' %'}})),
        series: [
          {type: 'line', stack: 'band', data: d.low, symbol: 'none', lineStyle: {opacity: 0}, silent: true},
          {type: 'line', stack: 'band', data: above, symbol: 'none', lineStyle: {opacity: 0}, areaStyle: {color: t.of('band'), opacity: 1}, silent: true},
          {
            type: 'line', data: d.rate, symbol: 'none', color: t.of('rate'), lineStyle: {width: 2.5},
            endLabel: {show: d.rate[last] !== null, formatter: () => percent(d.rate[last]), color: t.ink, fontWeight: 'bold'},
          },
          {
            type: 'line', data: d.standard, symbol: 'none', step: 'end', color: t.of('standard'), lineStyle: {width: 2, type: [7, 5]},
            endLabel: {
              show: d.rate[last] === null || Math.abs(d.rate[last] - d.standard[last]) > top * 0.09,
              formatter: 'standard', color: t.of('standard'), fontSize: 11,
            },
          },
        ],
      });
    },

    score(d, t, width) {
      const spans = [];
      d.standings.forEach((standing, i) => {
        const newest = spans[spans.length - 1];
        if (newest && newest.standing === standing) {
          newest.to = i;
        } else {
          if (newest) newest.to = i;
          spans.push({standing, from: i, to: i});
        }
      });
      const last = d.scores.length - 1;
      const room = width / Math.max(1, last);
      return base(t, {
        grid: {left: 4, right: 44, top: 22, bottom: 4, containLabel: true},
        tooltip: Object.assign(base(t).tooltip, {
          formatter: of => {
            const i = of[0].dataIndex;
            return '<b>' + d.days[i] + '</b><br>score ' + d.scores[i].toFixed(1) + '<br>' + d.standings[i];
          },
        }),
        xAxis: dayAxis(t, d.days, width),
        yAxis: valueAxis(t, {min: 0, max: 100, interval: 20}),
        series: [{
          type: 'line', data: d.scores, symbol: 'none', color: t.ink, lineStyle: {width: 2.5},
          endLabel: {show: true, formatter: () => d.scores[last].toFixed(1), color: t.ink, fontWeight: 'bold'},
          markArea: {
            silent: true,
            data: spans.map(span => [{
              name: (span.to - span.from) * room > 8 * span.standing.length ? span.standing : '',
              xAxis: d.days[span.from],
              itemStyle: {color: t.of(STANDINGS[span.standing].color), opacity: span.standing === 'GOOD' || span.standing === 'UNRATED' ? 0.16 : 0.38},
              label: {color: t.ink, fontSize: 10, position: 'insideTop', distance: -12},
            }, {xAxis: d.days[span.to]}]),
          },
          markLine: {
            silent: true, symbol: 'none', data: [{yAxis: 60}], lineStyle: {color: t.of('standard'), type: [7, 5], width: 1.5},
            label: {show: false},
          },
        }],
      });
    },

    rates(d, t, width) {
      const shown = d.high.filter(high => high !== null);
      const top = Math.max(...shown, d.standard ? d.standard * 1.3 : 0, 0.5);
      const tight = (width - 100) / d.labels.length < 46;
      const days = /^\d{4}-/.test(d.labels[0]);
      return base(t, {
        grid: {left: 4, right: d.standard ? 58 : 14, top: 16, bottom: 4, containLabel: true},
        tooltip: Object.assign(base(t).tooltip, {
          axisPointer: {type: 'shadow'},
          formatter: of => {
            const i = of[0].dataIndex;
            return '<b>' + escape(d.labels[i]) + '</b><br>' + escape(d.counts[i]) + ': ' + percent(d.rate[i])
              + (d.rate[i] === null ? '' : '<br>interval: ' + percent(d.low[i]) + ' to ' + percent(d.high[i]));
          },
        }),
        xAxis: {
          type: 'category', data: d.labels, axisTick: {show: false}, axisLine: {lineStyle: {color: t.soft}},
          axisLabel: {
            color: t.ink, interval: 0, fontSize: 11, lineHeight: 13, rotate: days && tight ? 60 : 0,
            // Words one below the other; where there is no room for the counts they are in the tooltip and the table.
            formatter: (label, i) => days
              ? label.slice(5) + (tight ? '' : '\n' + d.counts[i])
              : label.replace(/ /g, '\n') + '\n' + d.counts[i],
          },
        },
        yAxis: valueAxis(t, Object.assign(upTo(top), {axisLabel: {color: t.soft, formatter: value => Math.round(value * 100) / 100 + ' %'}})),
        series: [{
          type: 'bar', barMaxWidth: 42, data: d.rate.map((rate, i) => ({
            value: rate,
            itemStyle: d.standard && d.low[i] > d.standard
              ? {color: t.of('bad'), decal: STRIPES} : {color: t.of('rate'), opacity: 0.75},
          })),
          markLine: {
            silent: true, symbol: 'none', label: {show: false},
            data: d.rate.map((rate, i) => rate === null ? null : [
              {coord: [i, d.low[i]], lineStyle: {color: t.ink, width: 1.5, type: 'solid'}}, {coord: [i, d.high[i]]},
            ]).filter(Boolean).concat(d.standard ? [{
              yAxis: d.standard, lineStyle: {color: t.of('standard'), width: 2, type: [7, 5]},
              label: {show: true, formatter: 'standard', position: 'end', color: t.of('standard'), fontSize: 11},
            }] : []),
          },
        }],
      });
    },

    price(d, t, width) {
      const SHAPES = ['circle', 'diamond', 'triangle'];
      const series = [];
      const names = [];
      d.tiers.forEach((tier, i) => {
        const color = t.of('tier-' + (i + 1));
        const name = 'floor from ' + tier.tier;
        names.push({name, icon: 'path://M0,4 H20 V6 H0 Z'});
        series.push(
          {name, type: 'line', data: tier.current, symbol: 'none', color, lineStyle: {width: 2.5}, silent: true},
          {name: name + ' (carried)', type: 'line', data: tier.carried, symbol: 'none', color, lineStyle: {width: 2.5, type: [8, 5]}, silent: true},
          {name: name + ' (lowest paid)', type: 'line', data: tier.literal, symbol: 'none', color, lineStyle: {width: 1.2, type: [1.5, 3]}, silent: true});
        const marks = d.breaches.filter(breach => breach[2] === tier.tier);
        if (marks.length > 0) {
          const above = 'paid above, from ' + tier.tier;
          names.push({name: above, icon: SHAPES[i]});
          series.push({
            name: above, type: 'scatter', data: marks, symbol: SHAPES[i], symbolSize: marks.length > 80 ? 7 : 9,
            itemStyle: {color: t.of('breach'), borderColor: color, borderWidth: 1.2, opacity: 0.85}, z: 5,
          });
        }
      });
      const rows = Math.ceil(names.length / Math.max(1, Math.floor(width / 165)));
      return base(t, {
        legend: legend(t, names),
        grid: {left: 4, right: 18, top: 26 + 22 * rows, bottom: 4, containLabel: true},
        tooltip: Object.assign(base(t).tooltip, {
          trigger: 'item',
          formatter: of => {
            const breach = of.data;
            return '<b>' + new Date(breach[0]).toISOString().slice(0, 16).replace('T', ' ') + '</b><br>paid '
              + price(breach[1]) + ' for ' + breach[3] + ' pcs<br>floor ' + price(breach[4]) + ', +' + breach[5].toFixed(1)
              + ' %<br>order ' + escape(breach[6]);
          },
        }),
        xAxis: {
          type: 'time', min: d.from, max: d.to, axisLine: {lineStyle: {color: t.soft}}, splitNumber: width < 420 ? 3 : 5,
          axisLabel: {color: t.soft, hideOverlap: true, formatter: '{MM}-{dd}'}, minInterval: 864e5,
        },
        yAxis: valueAxis(t, {
          scale: true, name: d.currency + ' a piece', nameTextStyle: {color: t.soft, align: 'left'}, nameGap: 8,
          axisLabel: {color: t.soft, formatter: price},
        }),
        series,
      });
    },

    belts(d, t, width) {
      const tip = of => of.data.tip;
      const scores = d.belts.flatMap(belt => belt.points.map(point => point[1]));
      const lowest = Math.max(0, Math.floor(Math.min(...scores) / 10) * 10);
      const highest = Math.min(100, Math.ceil(Math.max(...scores) / 10) * 10);
      const score = valueAxis(t, {min: lowest, max: highest === lowest ? lowest + 10 : highest, name: 'score', nameTextStyle: {color: t.soft, align: 'left'}, nameGap: 8});
      const words = (name, value, index) => '<b>' + escape(name) + '</b><br>score ' + value.toFixed(1)
        + (index === null ? '' : '<br>price index ' + index.toFixed(2));
      const priced = d.priced;
      const dots = [];
      const rings = [];
      d.belts.forEach(belt => {
        belt.points.forEach(point => {
          if (!priced || point[0] !== null) {
            dots.push({value: [priced ? point[0] : belt.name, point[1]], tip: words(point[2], point[1], point[0]) + '<br>' + escape(belt.name)});
          }
        });
        if (!priced || belt.index !== null) {
          rings.push({
            name: belt.name, value: [priced ? belt.index : belt.name, belt.score],
            symbolSize: priced ? 12 + 4 * Math.sqrt(belt.factories) : [34, 5],
            tip: words(belt.name, belt.score, belt.index) + (belt.ratio === null ? '' : '<br>score for the price ' + belt.ratio.toFixed(1)),
          });
        }
      });
      // Names one below the other: belts are much alike.
      const pixels = 225 / Math.max(1, highest - lowest);
      let below = -Infinity;
      rings.sort((a, b) => b.value[1] - a.value[1]).forEach(ring => {
        const place = (highest - ring.value[1]) * pixels;
        below = Math.max(place, below + 15);
        ring.label = {offset: [6, below - place]};
      });
      return base(t, {
        grid: {left: 8, right: priced ? 60 : 16, top: 34, bottom: priced ? 26 : 6, containLabel: true},
        tooltip: Object.assign(base(t).tooltip, {trigger: 'item', formatter: tip}),
        xAxis: priced
          ? valueAxis(t, {scale: true, name: 'price index: dearer →', nameLocation: 'middle', nameGap: 28, nameTextStyle: {color: t.soft}})
          : {type: 'category', data: d.belts.map(belt => belt.name), axisLabel: {color: t.ink, interval: 0, rotate: width < 560 ? 35 : 0}, axisTick: {show: false}, axisLine: {lineStyle: {color: t.soft}}},
        yAxis: score,
        series: [
          {type: 'scatter', data: dots, symbolSize: 7, itemStyle: {color: t.soft, opacity: 0.55}},
          {
            type: 'scatter', data: rings, symbol: priced ? 'circle' : 'rect',
            itemStyle: priced ? {color: t.of('band'), borderColor: t.of('rate'), borderWidth: 2.5} : {color: t.of('rate')},
            label: {show: priced, position: 'right', formatter: '{b}', color: t.ink, fontWeight: 'bold'},
            markLine: priced ? {
              silent: true, symbol: 'none', data: [{xAxis: 1}], lineStyle: {color: t.soft, type: [7, 5]},
              label: {formatter: 'usual price', color: t.soft},
            } : undefined,
          },
        ],
      });
    },
  };

  const isShut = el => el.closest('details:not([open])') !== null;

  /** The size of a chart: that of its place, or on paper that of its column. */
  function size(el) {
    if (!root.classList.contains('paper')) {
      return {width: el.clientWidth, height: el.clientHeight};
    }
    const column = el.closest('.grid') ? (PAPER_WIDTH - 16) / 2 : PAPER_WIDTH;
    return {width: Math.floor(column - 32), height: el.classList.contains('tall') ? 250 : 190};
  }

  function show(el) {
    const of = data[el.dataset.chart];
    const place = size(el);
    if (!of || place.width < 10) return;
    let chart = charts.get(el);
    if (!chart) {
      chart = echarts.init(el, null, {renderer: 'svg', width: place.width, height: place.height});
      charts.set(el, chart);
    } else {
      chart.resize(place);
    }
    chart.setOption(draw[of.kind](of, theme(), place.width), true);
    // Every background has the same id.
    el.querySelectorAll('rect[id]').forEach(rect => rect.removeAttribute('id'));
    el.dataset.drawn = 'true';
  }

  const all = Array.from(document.querySelectorAll('.chart'));
  const redraw = () => charts.forEach((chart, el) => { if (!isShut(el)) show(el); });

  // What is in sight first, the rest when there is time.
  const near = new IntersectionObserver(entries => entries.forEach(entry => {
    if (entry.isIntersecting && !charts.has(entry.target) && !isShut(entry.target)) show(entry.target);
  }), {rootMargin: '300px'});
  all.forEach(el => near.observe(el));
  const idle = window.requestIdleCallback || (work => setTimeout(() => work({timeRemaining: () => 20}), 50));
  function rest(time) {
    for (const el of all) {
      if (!charts.has(el) && !isShut(el)) {
        show(el);
        if (time.timeRemaining() < 5) break;
      }
    }
    if (all.some(el => !charts.has(el) && !isShut(el) && size(el).width >= 10)) idle(rest);
  }
  idle(rest);

  let pending = 0;
  const widths = new Map();
  new ResizeObserver(entries => {
    if (root.classList.contains('paper') || !entries.some(entry => widths.get(entry.target) !== entry.contentRect.width)) return;
    const first = widths.size === 0;
    entries.forEach(entry => widths.set(entry.target, entry.contentRect.width));
    if (first) return;
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(redraw);
  }).observe(document.querySelector('main'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  document.addEventListener('toggle', event => {
    if (event.target.open) event.target.querySelectorAll('.chart').forEach(el => { if (!isShut(el)) show(el); });
  }, true);

  // A link to a section opens it.
  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === 'DETAILS') {
      target.open = true;
      target.scrollIntoView();
    }
  }
  addEventListener('hashchange', openTarget);
  document.addEventListener('click', event => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) openTarget();
  });
  openTarget();

  document.querySelectorAll('button.open-all').forEach(button => {
    button.hidden = false;
    button.addEventListener('click', () => {
      const sections = document.querySelectorAll(button.dataset.open + ' details.factory');
      const open = Array.from(sections).some(section => !section.open);
      sections.forEach(section => { section.open = open; });
      button.textContent = open ? 'Close all' : 'Open all';
    });
  });

  // On paper: light, every factory open, charts as wide as their column.
  let shut = [];
  addEventListener('beforeprint', () => {
    shut = Array.from(document.querySelectorAll('details.factory:not([open])'));
    shut.forEach(details => { details.open = true; });
    root.classList.add('paper');
    all.forEach(show);
  });
  addEventListener('afterprint', () => {
    root.classList.remove('paper');
    shut.forEach(details => { details.open = false; });
    shut = [];
    redraw();
  });

  const chinese = document.getElementById('chinese');
  if (document.querySelector('.zh')) {
    const speak = on => {
      root.classList.toggle('chinese', on);
      chinese.setAttribute('aria-pressed', String(on));
    };
    chinese.hidden = false;
    chinese.addEventListener('click', () => speak(chinese.getAttribute('aria-pressed') !== 'true'));
    speak((navigator.language || '').startsWith('zh'));
  }

  // Whoever reads it later than it was made has to know.
  const body = document.body.dataset;
  const age = Date.now() - Number(body.complete);
  if (body.live === 'true' && body.complete && age > Number(body.fresh) && !document.querySelector('.stale[role=alert]')) {
    const note = document.getElementById('aged');
    note.textContent = 'You read this ' + Math.round(age / 864e5) + ' days after what it knows ends: make a new one.';
    note.hidden = false;
  }
})();
