// Functions that browser_audits.py calls in the page. Each returns a list of faults, as words.

function words(node) { return node.textContent.trim().replace(/\s+/g, ' ').slice(0, 40); }

function shown(element) {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden';
}

// A straight line has no width or no height.
function drawn(mark) {
  const box = mark.getBoundingClientRect();
  return box.width + box.height > 0 && getComputedStyle(mark).visibility !== 'hidden';
}

function channels(colour) {
  const parts = colour.match(/[\d.]+/g);
  return parts ? parts.map(Number) : [0, 0, 0, 0];
}

function luminance(colour) {
  const [r, g, b] = channels(colour).slice(0, 3).map(
      c => c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// Contrast ratio of WCAG 2.1.
function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

// The colour that an ink of an element comes out as on its ground, however transparent it is.
function seen(ink, element) {
  const [r, g, b, own = 1] = channels(ink);
  const page = channels(ground(element));
  let share = own;
  for (let at = element; at; at = at.parentElement) share *= getComputedStyle(at).opacity;
  const mixed = [r, g, b].map((channel, which) => share * channel + (1 - share) * page[which]);
  return `rgb(${mixed.join(', ')})`;
}

// The nearest background of an element that is not transparent; pictures have that of their figure.
function ground(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    const parts = channels(colour);
    if (parts.length === 3 || parts[3] === 1) return colour;
  }
  return 'rgb(255, 255, 255)';
}

function textElements() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  while (walker.nextNode())
    if (walker.currentNode.data.trim() && shown(walker.currentNode.parentElement))
      found.add(walker.currentNode.parentElement);
  return [...found];
}

function inPicture(element) { return element.closest('svg'); }

// Text upon a coloured map chooses its own ink: results/palette.py, tested without a browser.
function onMap(element) {
  return inPicture(element)?.querySelector('image') &&
      /^rgb\((254, 254, 254|16, 16, 16)\)$/.test(getComputedStyle(element).fill);
}

function faintText() {
  return textElements().filter(element => !onMap(element)).flatMap(element => {
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    const ratio = contrast(seen(inPicture(element) ? style.fill : style.color, element), ground(element));
    return ratio < (large ? 3 : 4.5) ? [`${words(element)}: ${ratio.toFixed(2)}`] : [];
  });
}

// Lines, markers and bars; the grid is no message, and an area needs an edge that is seen.
function faintMarks() {
  return [...document.querySelectorAll('figure svg path, figure svg use')].flatMap(element => {
    if (!drawn(element) || element.closest('defs, clipPath, [id*="tick"], [id*="legend"] [id*="frame"]'))
      return [];
    const style = getComputedStyle(element);
    const inks = [style.stroke, style.fill].filter(ink => ink.startsWith('rgb'));
    const page = ground(element);
    if (inks.length === 0 || inks.every(ink => ink === page)) return [];
    const best = Math.max(...inks.map(ink => contrast(seen(ink, element), page)));
    const where = element.closest('figure').id;
    return best < 3 ? [`${where} ${element.closest('g[id]').id}: ${best.toFixed(2)} ${inks}`] : [];
  });
}

function smallText(least, leastInPictures) {
  return textElements().flatMap(element => {
    const picture = inPicture(element);
    let size = parseFloat(getComputedStyle(element).fontSize);
    if (picture) size *= picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
    return size < (picture ? leastInPictures : least) - 0.01 ? [`${words(element)}: ${size.toFixed(1)}`] : [];
  });
}

// What is drawn into the axes is clipped to them: lines, markers, bars, maps; so is the grid.
function isEmpty(drawing) {
  return ![...drawing.querySelectorAll('[clip-path]')].some(
      mark => drawn(mark) && !mark.closest('[id*="matplotlib.axis"]'));
}

async function brokenImages() {
  const faults = [];
  for (const image of document.querySelectorAll('svg image, img')) {
    const trial = new Image();
    trial.src = image.getAttribute('href') ?? image.src;
    await trial.decode().catch(() => faults.push(`an image of ${image.closest('figure')?.id} is broken`));
  }
  return faults;
}

function badPictures() {
  const strays = [...document.querySelectorAll('svg, img, canvas')].filter(
      picture => !picture.closest('figure')).map(picture => `${picture.tagName} outside of a figure`);
  return strays.concat(...[...document.querySelectorAll('figure')].map(figure => {
    const drawings = figure.querySelectorAll(':scope > svg');
    if (drawings.length !== 1) return [`${figure.id} has ${drawings.length} drawings`];
    const style = getComputedStyle(figure);
    const room = figure.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const box = drawings[0].getBoundingClientRect();
    const faults = [];
    if (Math.abs(box.width - room) > 1) faults.push(`${figure.id} is ${box.width} wide of ${room}`);
    if (box.left < 0 || box.right > document.documentElement.clientWidth) faults.push(`${figure.id} sticks out`);
    if (isEmpty(drawings[0])) faults.push(`${figure.id} is empty`);
    if (box.height < 0.4 * box.width) faults.push(`${figure.id} is flat`);
    if (drawings[0].getAttribute('role') !== 'img' || !drawings[0].getAttribute('aria-label'))
      faults.push(`${figure.id} has no name`);
    if (!figure.querySelector('figcaption')?.textContent.trim()) faults.push(`${figure.id} has no caption`);
    for (const text of drawings[0].querySelectorAll('text')) {
      const own = text.getBoundingClientRect();
      if (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1)
        faults.push(`${figure.id}: ${words(text)} is cut off`);
    }
    return faults;
  }));
}

function badNames() {
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
  const known = new Set(ids);
  const faults = known.size === ids.length ? [] : ['an id stands twice'];
  for (const element of document.querySelectorAll('*'))
    for (const attribute of element.attributes)
      for (const found of attribute.value.matchAll(/url\(#([^)]*)\)|^#(.*)$/g))
        if (attribute.name !== 'aria-label' && !/^#[0-9a-f]{6}$/.test(attribute.value) && !known.has(found[1] ?? found[2]))
          faults.push(`${element.tagName} ${attribute.name}=${attribute.value} leads nowhere`);
  return faults;
}

function badTables() {
  return [...document.querySelectorAll('table')].flatMap(table => {
    const name = table.caption ? words(table.caption) : 'a table without a caption';
    const faults = table.caption && words(table.caption) ? [] : [name];
    const columns = table.tHead ? table.tHead.rows[0].cells.length : 0;
    if (!columns) faults.push(`${name}: no headings`);
    for (const heading of table.querySelectorAll('thead th'))
      if (heading.scope !== 'col' || !words(heading)) faults.push(`${name}: a heading without scope or words`);
    for (const row of table.tBodies[0].rows) {
      if (row.cells.length !== columns) faults.push(`${name}: a row of ${row.cells.length} cells of ${columns}`);
      if (row.cells[0].tagName !== 'TH' || row.cells[0].scope !== 'row') faults.push(`${name}: a row without heading`);
    }
    const frame = table.parentElement;
    if (frame.tabIndex !== 0 || frame.getAttribute('role') !== 'region' || !frame.getAttribute('aria-label'))
      faults.push(`${name}: cannot be scrolled with keys`);
    return faults;
  });
}

function badOutline() {
  const faults = [];
  if (document.documentElement.lang !== 'en') faults.push('no language');
  if (!document.title) faults.push('no title');
  if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
  if (document.body.textContent.includes('\ufffd')) faults.push('characters that cannot be shown');
  let before = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const level = Number(heading.tagName[1]);
    if (level > before + 1) faults.push(`${words(heading)}: h${level} after h${before}`);
    before = level;
  }
  if (document.querySelectorAll('script, link, iframe, object, base').length) faults.push('not self-contained');
  return faults;
}

// What a line of paper or a screen of this width would cut off, or what an element cuts off itself.
function cutOff(width) {
  const faults = [];
  for (const element of document.querySelectorAll('body *')) {
    if (!shown(element) || element.closest('svg') || (element.closest('.scroll') && !matchMedia('print').matches)) continue;
    const {left, right} = element.getBoundingClientRect();
    if (left < -1 || right > width + 1) faults.push(`${element.tagName} ${words(element)}: ${left} .. ${right} of ${width}`);
    if (getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1)
      faults.push(`${element.tagName} ${words(element)}: is cut off`);
    const card = element.closest('.card');
    if (card && right > card.getBoundingClientRect().right + 1)
      faults.push(`${element.tagName} ${words(element)}: sticks out of its card`);
  }
  return faults;
}

// What stands in details, of which all are shut on a fresh page.
function fold(shut) {
  for (const details of document.querySelectorAll('details')) details.open = !shut;
}

// Tables that are wider than their frames by more than so many pixels.
function wideFrames(more) {
  return [...document.querySelectorAll('.scroll')].filter(
      frame => frame.scrollWidth > frame.clientWidth + more);
}

// What is lost of a wide table when it is scrolled to its end, or back to its start.
function notHeld(frame, atEnd) {
  frame.scrollLeft = atEnd ? frame.scrollWidth : 0;
  const name = words(frame.querySelector('caption'));
  const {left, right} = frame.getBoundingClientRect();
  const faults = [];
  const caption = frame.querySelector('caption > *')?.getBoundingClientRect();
  if (!caption || caption.left < left - 1 || caption.right > right + 1) faults.push(`${name}: the caption is cut`);
  for (const heading of frame.querySelectorAll('tr > :first-child')) {
    const own = heading.getBoundingClientRect();
    if (Math.abs(own.left - left) > 1) faults.push(`${name}: ${words(heading)} scrolls away`);
    if (own.right > (left + right) / 2) faults.push(`${name}: ${words(heading)} leaves no room`);
    const colour = channels(getComputedStyle(heading).backgroundColor);
    if (colour.length > 3 && colour[3] < 1) faults.push(`${name}: numbers shine through ${words(heading)}`);
  }
  return faults;
}

function notShown(kinds) {
  return [...document.querySelectorAll(kinds)].filter(element => !shown(element) || !element.checkVisibility())
      .map(element => `${element.tagName} ${element.id || words(element)} is not shown`);
}
