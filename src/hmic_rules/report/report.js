"use strict";
// Enriches a page that can be read without it. No HTML is made from text: texts are only ever set as text.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  for (const one of all(".tools, .filter, .with-script")) one.hidden = false;

  // Beside the page there is room for what is on it; above it, it would stand in the way.
  const contents = document.querySelector(".contents details");
  const beside = matchMedia("(min-width: 70rem)");
  const make = () => { contents.open = beside.matches; };
  beside.addEventListener("change", make);
  make();

  // What a link leads to is opened; on paper everything is.
  const reveal = (element) => {
    for (let one = element; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
  };
  const arrive = () => {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      return;
    }
    const element = id && document.getElementById(id);
    if (!element) return;
    reveal(element);
    element.scrollIntoView();
  };
  addEventListener("hashchange", arrive);
  arrive();
  const setAll = (open) => all("main details").forEach((one) => { one.open = open; });
  document.querySelector("[data-open]").addEventListener("click", () => setAll(true));
  document.querySelector("[data-close]").addEventListener("click", () => setAll(false));
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));

  // What an abbreviation stands for, where there is nothing to point with.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  document.body.append(tip);
  document.addEventListener("click", (event) => {
    const abbreviation = event.target.closest("abbr");
    tip.hidden = !abbreviation;
    if (abbreviation) tip.textContent = `${abbreviation.textContent}: ${abbreviation.title}`;
  });

  // Findings with some words in them.
  const filter = document.querySelector(".filter");
  if (filter) {
    const input = filter.querySelector("input");
    const said = filter.querySelector("[role=status]");
    const findings = all("article.finding").map((element) => ({ element, text: element.textContent.toLowerCase() }));
    const groups = all("details.findings");
    filter.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const one of findings) {
        one.element.hidden = !words.every((word) => one.text.includes(word));
        shown += one.element.hidden ? 0 : 1;
      }
      for (const group of groups) {
        group.hidden = !group.querySelector("article.finding:not([hidden])");
        group.open = words.length > 0 && !group.hidden;
      }
      said.textContent = words.length ? `${shown} of ${findings.length}` : "";
    });
  }

  // The graph.
  const network = document.querySelector("[data-network]");
  if (!network) return;
  const nodes = new Map(all("[data-node]", network).map((item) => [item.dataset.node, {
    key: item.dataset.node,
    item,
    link: item.querySelector("a"),
    to: item.dataset.to.split(" ").filter(Boolean),
    names: (item.dataset.names || "").split(" ").filter(Boolean),
    from: [],
  }]));
  for (const one of nodes.values()) for (const key of [...one.to, ...one.names]) nodes.get(key).from.push(one.key);
  const columns = all(".column", network).map((column) => all("[data-node]", column).map((item) => nodes.get(item.dataset.node)));
  const said = document.querySelector(".followed");
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("aria-hidden", "true");
  network.prepend(drawing);
  network.classList.add("live");
  const edges = [];
  for (const one of nodes.values()) {
    for (const [ends, kind] of [[one.to, ""], [one.names, "named"]]) {
      for (const end of ends) {
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        if (kind) path.classList.add(kind);
        drawing.append(path);
        edges.push({ path, from: one, to: nodes.get(end) });
      }
    }
  }
  const along = (start, step, found) => {
    const pending = [start.key];
    while (pending.length) {
      for (const key of step(nodes.get(pending.pop()))) {
        if (!found.has(key)) {
          found.add(key);
          pending.push(key);
        }
      }
    }
    return found;
  };
  const chain = (start) => {
    const found = new Set([start.key]);
    along(start, (one) => [...one.to, ...one.names], found);
    return along(start, (one) => one.from, found);
  };
  let followed = null;
  const mark = (start, kind) => {
    const found = start && chain(start);
    network.classList.toggle("pointed", Boolean(start) && kind === "pointed");
    network.classList.toggle("following", Boolean(start) && kind === "following");
    for (const one of nodes.values()) {
      one.item.classList.toggle("on", Boolean(found && found.has(one.key)));
      one.item.classList.toggle("start", one === start);
    }
    for (const one of edges) one.path.classList.toggle("on", Boolean(found && found.has(one.from.key) && found.has(one.to.key)));
  };
  const draw = () => {
    const frame = network.getBoundingClientRect();
    const boxes = new Map([...nodes.values()].map((one) => [one, one.link.getBoundingClientRect()]));
    for (const one of edges) {
      const from = boxes.get(one.from);
      const to = boxes.get(one.to);
      if (!from.width || !to.width) {
        one.path.removeAttribute("d");
        continue;
      }
      const [x, y] = [from.right - frame.left, from.top - frame.top + Math.min(from.height / 2, 12)];
      const [right, down] = [to.left - frame.left, to.top - frame.top + Math.min(to.height / 2, 12)];
      const bend = Math.max((right - x) / 2, 12);
      one.path.setAttribute("d", `M${x} ${y}C${x + bend} ${y} ${right - bend} ${down} ${right} ${down}`);
    }
  };
  const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;
  const tell = (start) => {
    said.hidden = !start;
    said.replaceChildren();
    if (!start) return;
    const found = chain(start);
    const counts = columns.map((column) => column.filter((one) => found.has(one.key)).length);
    const [advice, findings, criteria, frameworks] = counts;
    const name = document.createElement("b");
    name.textContent = start.link.querySelector(".label").textContent;
    const open = document.createElement("a");
    open.href = start.link.getAttribute("href");
    open.textContent = "Go to it on this page";
    said.append(name, `: ${counted(advice, "recommendation", "recommendations")}, ${counted(findings, "finding", "findings")}, ` +
      `${counted(criteria, "criterion", "criteria")}, ${counted(frameworks, "framework", "frameworks")}. `, open,
    ". Escape shows everything again.");
  };
  const follow = (start) => {
    followed = start;
    mark(start, "following");
    for (const one of nodes.values()) one.link.setAttribute("aria-pressed", String(one === start));
    tell(start);
    settle(start || columns.flat().find((one) => one.link === document.activeElement));
    draw();
  };
  const visible = (column) => column.filter((one) => !followed || one.item.classList.contains("on"));
  // One stop of the tab key in each column; the arrow keys do the rest.
  const settle = (current) => {
    for (const column of columns) {
      const shown = visible(column);
      const stop = shown.includes(current) ? current : shown[0];
      for (const one of column) one.link.tabIndex = one === stop ? 0 : -1;
    }
  };
  const go = (one) => {
    if (!one) return;
    settle(one);
    one.link.focus();
  };
  const step = (one, key) => {
    const column = columns.find((other) => other.includes(one));
    const shown = visible(column);
    const place = shown.indexOf(one);
    if (key === "ArrowDown") return shown[place + 1];
    if (key === "ArrowUp") return shown[place - 1];
    if (key === "Home") return shown[0];
    if (key === "End") return shown[shown.length - 1];
    const next = columns[columns.indexOf(column) + (key === "ArrowRight" ? 1 : -1)];
    if (!next) return undefined;
    const near = visible(next).filter((other) => [...one.to, ...one.names, ...one.from].includes(other.key));
    return near[0] || visible(next)[0];
  };
  for (const one of nodes.values()) {
    one.link.setAttribute("role", "button");
    one.link.setAttribute("aria-pressed", "false");
    const point = () => { if (!followed) mark(one, "pointed"); };
    const leave = () => { if (!followed) mark(null, ""); };
    one.link.addEventListener("pointerenter", point);
    one.link.addEventListener("focus", point);
    one.link.addEventListener("pointerleave", leave);
    one.link.addEventListener("blur", leave);
    one.link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      follow(followed === one ? null : one);
    });
    one.link.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        one.link.click();
      } else if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
        event.preventDefault();
        go(step(one, event.key));
      }
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    tip.hidden = true;
    if (followed) {
      const before = followed;
      follow(null);
      before.link.scrollIntoView({ block: "nearest" });
    }
  });
  settle(null);
  draw();
  new ResizeObserver(draw).observe(network);
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  }, { passive: true });
})();
