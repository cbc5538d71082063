import { HEDGED, MARKS, OUTCOMES, type MarkName } from '../model/data.ts'
import { clock } from './format.ts'
import { AXIS, barTop, BREAKER, GATHER, LANE_PAD, LINES, PAD_RIGHT, WINDOW, type Layout } from './layout.ts'
import type { Run } from './run.ts'
import type { Ink } from './theme.ts'
import { ticks, type View } from './view.ts'

/** All that a picture depends on. */
export interface Scene {
  run: Run
  layout: Layout
  view: View
  ink: Ink
  width: number
  height: number
  gutter: number
  /** How far the lanes are scrolled. */
  scroll: number
  fits: Uint8Array
  selected: number | undefined
  /** Calls that the selected finding is about. */
  marked: ReadonlySet<number>
  withMessages: boolean
}

const FONT = '11px ui-sans-serif, system-ui, sans-serif'
const SMALL = '10px ui-sans-serif, system-ui, sans-serif'
/** What does not fit the filter is drawn so faint. */
const FAINT = 0.13
const MAX_LINKS = 1_500
/** Pixels between two signs that say the same again and again. */
const CLOSEST_SIGNS = 26
/** Pixels between two ticks. */
const CLOSEST_TICKS = 86

const SEVERITY: readonly number[] = [0, 2, 4, 1, 3, 1]

/** Cuts a text that does not fit. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (width < 14) return ''
  if (context.measureText(text).width <= width) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle
    else high = middle - 1
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`
}

/** Cuts a name in its middle: agents are told apart by how they end. */
function fittedName(context: CanvasRenderingContext2D, name: string, width: number): string {
  if (context.measureText(name).width <= width) return name
  for (let kept = name.length - 2; kept >= 4; kept--) {
    const tail = Math.ceil(kept * 0.6)
    const cut = `${name.slice(0, kept - tail)}…${name.slice(-tail)}`
    if (context.measureText(cut).width <= width) return cut
  }
  return fitted(context, name, width)
}

/** Draws the lanes of a run, as much of them as is in sight. */
export function draw(context: CanvasRenderingContext2D, scene: Scene): void {
  const { ink, width, height, gutter } = scene
  context.clearRect(0, 0, width, height)
  context.font = FONT
  context.textBaseline = 'middle'
  context.fillStyle = ink.panel
  context.fillRect(0, 0, width, height)
  context.save()
  context.beginPath()
  context.rect(0, AXIS, width, height - AXIS)
  context.clip()
  context.translate(0, AXIS - scene.scroll)
  drawLaneGround(context, scene)
  context.save()
  context.beginPath()
  context.rect(gutter, scene.scroll, width - gutter - PAD_RIGHT + 1, height - AXIS)
  context.clip()
  drawWindows(context, scene)
  drawGrid(context, scene)
  drawBreakers(context, scene)
  drawGathers(context, scene)
  drawCalls(context, scene)
  drawRetries(context, scene)
  if (scene.withMessages) drawMessages(context, scene)
  drawMarks(context, scene)
  drawSelection(context, scene)
  context.restore()
  drawNames(context, scene)
  context.restore()
  drawAxis(context, scene)
}

const xOf =
  ({ view, gutter, width }: Scene) =>
  (time: number): number =>
    gutter + ((time - view.from) / view.span) * (width - gutter - PAD_RIGHT)

/** Lanes in sight. */
function* lanesInSight({ layout: { tops }, scroll, height }: Scene): Generator<number> {
  for (let place = 0; place + 1 < tops.length; place++)
    if (tops[place + 1]! >= scroll && tops[place]! <= scroll + height) yield place
}

function drawLaneGround(context: CanvasRenderingContext2D, scene: Scene): void {
  const { ink, layout, width } = scene
  for (const place of lanesInSight(scene)) {
    const [top, bottom] = [layout.tops[place]!, layout.tops[place + 1]!]
    if (place % 2 === 0) {
      context.fillStyle = ink.stripe
      context.fillRect(0, top, width, bottom - top)
    }
  }
  context.fillStyle = ink.line
  context.fillRect(0, layout.own - 1, width, 1)
}

function drawNames(context: CanvasRenderingContext2D, scene: Scene): void {
  const { ink, layout, gutter, run } = scene
  context.fillStyle = ink.line
  context.fillRect(gutter - 1, scene.scroll, 1, scene.height)
  context.font = FONT
  const name = (text: string, middle: number, color = ink.text, width = gutter - 18): void => {
    context.fillStyle = color
    context.fillText(fittedName(context, text, width), 10, middle)
  }
  if (layout.own > scene.scroll) {
    name('orchestration', Math.min(layout.gatherTop, 8) + GATHER / 2, ink.muted)
    layout.breakers.forEach((target, nth) =>
      name(run.model.strings[target]!, layout.breakerTop + nth * BREAKER + BREAKER / 2, ink.muted),
    )
  }
  for (const place of lanesInSight(scene)) {
    const lane = run.lanes[place]!
    const middle = layout.tops[place]! + LANE_PAD + layout.bar / 2
    const isNarrow = gutter < 100
    const counted = isNarrow ? '' : String(lane.calls.length)
    context.font = SMALL
    context.textAlign = 'right'
    context.fillStyle = ink.muted
    context.fillText(counted, gutter - 9, middle)
    let used = isNarrow ? 0 : context.measureText(counted).width + 8
    if (lane.failed > 0 && !isNarrow) {
      context.fillStyle = ink.failed
      const failed = `${lane.failed}✕`
      context.fillText(failed, gutter - 9 - used, middle)
      used += context.measureText(failed).width + 8
    }
    context.textAlign = 'left'
    context.font = FONT
    name(lane.name, middle, ink.text, gutter - 20 - used)
  }
}

function drawGrid(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, ink, width, gutter } = scene
  const x = xOf(scene)
  const plot = width - gutter - PAD_RIGHT
  context.fillStyle = ink.line
  context.globalAlpha = 0.6
  for (const time of ticks(view.from, view.to, (view.span / plot) * CLOSEST_TICKS).at)
    context.fillRect(Math.round(x(time)), scene.scroll, 1, scene.height)
  context.globalAlpha = 1
}

function drawAxis(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, ink, width, gutter } = scene
  const x = xOf(scene)
  const plot = width - gutter - PAD_RIGHT
  context.fillStyle = ink.panel
  context.fillRect(0, 0, width, AXIS)
  context.fillStyle = ink.line
  context.fillRect(0, AXIS - 1, width, 1)
  context.font = SMALL
  const { step, at } = ticks(view.from, view.to, (view.span / plot) * CLOSEST_TICKS)
  for (const time of at) {
    const place = Math.round(x(time))
    context.fillStyle = ink.line
    context.fillRect(place, AXIS - 6, 1, 6)
    context.fillStyle = ink.muted
    const text = clock(time, step)
    const half = context.measureText(text).width / 2
    context.textAlign = 'center'
    context.fillText(text, Math.min(width - half - 2, Math.max(gutter + half, place)), AXIS / 2 - 2)
    context.textAlign = 'left'
  }
  context.fillStyle = ink.muted
  context.fillText('time', 10, AXIS / 2 - 2)
}

function drawWindows(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, view, layout } = scene
  const x = xOf(scene)
  for (const { label, from, to } of run.model.windows) {
    if (to < view.from || from > view.to) continue
    const [left, right] = [x(from), Math.max(x(from) + 1, x(to))]
    context.fillStyle = ink.window
    context.fillRect(left, 0, right - left, layout.height)
    context.strokeStyle = ink.failed
    context.globalAlpha = 0.45
    context.setLineDash([3, 3])
    context.strokeRect(Math.round(left) + 0.5, -1, Math.round(right - left) - 1, layout.height + 2)
    context.setLineDash([])
    context.globalAlpha = 1
    context.font = SMALL
    context.fillStyle = ink.failed
    const begin = Math.max(left, scene.gutter) + 4
    const text = fitted(context, label, right - begin - 4)
    context.fillText(text, begin, 5 + WINDOW / 2)
  }
}

function drawBreakers(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, layout, view } = scene
  const x = xOf(scene)
  context.font = SMALL
  const rows = new Map(layout.breakers.map((target, nth) => [target, nth]))
  for (const nth of rows.values()) {
    context.fillStyle = ink.line
    context.fillRect(scene.gutter, layout.breakerTop + nth * BREAKER + BREAKER / 2, scene.width, 1)
  }
  for (const { target, state, from, to } of run.model.breakers) {
    if (to < view.from || from > view.to) continue
    const [left, right] = [x(from), Math.max(x(from) + 2, x(to))]
    const top = layout.breakerTop + rows.get(target)! * BREAKER + 1
    context.fillStyle = state === 'open' ? ink.failed : ink.retried
    context.globalAlpha = state === 'open' ? 0.85 : 1
    context.fillRect(left, top + 1, right - left, BREAKER - 4)
    context.globalAlpha = 1
    context.fillStyle = ink['on-bar']
    const begin = Math.max(left, scene.gutter) + 4
    context.fillText(fitted(context, state, right - begin - 3), begin, top + BREAKER / 2 - 0.5)
  }
}

function drawGathers(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, layout, view } = scene
  const { gathers, strings, endMs } = run.model
  const x = xOf(scene)
  context.font = SMALL
  const lastX = new Float64Array(8).fill(-Infinity)
  gathers.forEach(({ at, took, name, expected, received, missing, tasks }, place) => {
    const to = took < 0 ? endMs : at + took
    if (to < view.from || at > view.to) return
    const sub = layout.gatherSub[place]!
    const [left, right] = [x(at), Math.max(x(at) + 1, x(to))]
    const isShort = missing.length > 0 && (took >= 0 || run.model.status !== 'running')
    if (right < lastX[sub]! + 1 && !isShort) return
    lastX[sub] = right
    const top = Math.round(layout.gatherTop + sub * GATHER) + 0.5
    context.strokeStyle = context.fillStyle = isShort ? ink.failed : ink.accent
    context.globalAlpha = isShort ? 1 : 0.75
    // A bracket that is open to the lanes below.
    context.beginPath()
    context.moveTo(left + 0.5, top + GATHER - 4)
    context.lineTo(left + 0.5, top + 1)
    context.lineTo(right - 0.5, top + 1)
    if (took >= 0) context.lineTo(right - 0.5, top + GATHER - 4)
    context.stroke()
    context.globalAlpha = 1
    const begin = Math.max(left, scene.gutter) + 5
    const who = isShort ? `, missing ${missing.map((agent) => strings[agent]).join(', ')}` : ''
    const share = `${received.length}/${tasks ?? expected.length}`
    const room = right - begin - 3
    const text = [`${strings[name]} ${share}${who}`, `${strings[name]} ${share}`, share].find(
      (each) => context.measureText(each).width <= room,
    )
    context.fillStyle = isShort ? ink.failed : ink.text
    if (text !== undefined) context.fillText(text, begin, top + GATHER / 2)
  })
}

function drawCalls(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, layout, view, fits } = scene
  const x = xOf(scene)
  const { calls } = run.model
  const colors = OUTCOMES.map((name) => ink[name])
  context.font = SMALL
  const lastX = new Float64Array(8)
  const lastSeverity = new Int8Array(8)
  for (const place of lanesInSight(scene)) {
    const lane = run.lanes[place]!
    lastX.fill(-Infinity)
    lastSeverity.fill(-1)
    for (let nth = run.firstFrom(lane.calls, view.from - lane.longest); nth < lane.calls.length; nth++) {
      const row = lane.calls[nth]!
      const at = run.at[row]!
      if (at > view.to) break
      const end = run.end[row]!
      if (end < view.from) continue
      const left = x(at)
      const right = Math.max(left + 1.5, x(end))
      const sub = run.subOf[row]!
      const code = run.outcome[row]!
      // What would lie within the same pixel is drawn once, the worst of it.
      const severity = fits[row] ? SEVERITY[code]! : -1
      if (right < lastX[sub]! + 1 && severity <= lastSeverity[sub]!) continue
      if (right >= lastX[sub]! + 1) lastSeverity[sub] = severity
      else lastSeverity[sub] = Math.max(severity, lastSeverity[sub]!)
      lastX[sub] = Math.max(right, lastX[sub]!)
      const top = barTop(run, layout, row)
      context.globalAlpha = fits[row] ? 1 : FAINT
      drawBar(context, scene, { row, left, right, top, color: colors[code]!, first: calls.firstToken[row]!, x, at })
    }
  }
  context.globalAlpha = 1
}

interface Bar {
  row: number
  left: number
  right: number
  top: number
  color: string
  first: number
  at: number
  x: (time: number) => number
}

function drawBar(context: CanvasRenderingContext2D, { run, ink, fits, gutter, layout }: Scene, bar: Bar): void {
  const { row, left, right, top, color, first, at, x } = bar
  const width = right - left
  const outcome = OUTCOMES[run.outcome[row]!]!
  if (width < 5) {
    context.fillStyle = color
    context.fillRect(left, top, width, layout.bar)
    return
  }
  const alpha = context.globalAlpha
  const isHollow = outcome === 'cancelled' || outcome === 'open'
  context.beginPath()
  context.roundRect(left, top, width - 0.5, layout.bar, 2)
  context.fillStyle = color
  if (isHollow || first > 0) context.globalAlpha = alpha * (isHollow ? 0.25 : 0.45)
  context.fill()
  context.globalAlpha = alpha
  if (first > 0) {
    // From the first token on it is full.
    const begin = x(at + first)
    context.beginPath()
    context.roundRect(begin, top, Math.max(1, right - begin - 0.5), layout.bar, [0, 2, 2, 0])
    context.fill()
  }
  if (isHollow || run.model.calls.flags[row]! & HEDGED) {
    context.strokeStyle = isHollow ? color : ink.text
    context.setLineDash([3, 2])
    context.beginPath()
    context.roundRect(left + 0.5, top + 0.5, Math.max(1, width - 1.5), layout.bar - 1, 2)
    context.stroke()
    context.setLineDash([])
  }
  const isFailed = outcome === 'failed' || outcome === 'retried' || outcome === 'refused'
  if (!fits[row] || width < 18) return
  const begin = Math.max(left, gutter) + Math.min(5, width / 6)
  const [brief, more] = isFailed ? ['✕', run.text('fault', row)] : [String(run.number[row]), run.text('model', row)]
  const room = right - begin - 2
  const text = context.measureText(`${brief} ${more}`).width <= room ? `${brief} ${more}` : brief
  if (context.measureText(text).width > room) return
  // Letters stand on the part before the first token too, which is paler.
  context.fillStyle = isHollow || first > 0 ? ink.text : ink['on-bar']
  context.fillText(text, begin, top + layout.bar / 2 + 0.5)
}

function drawRetries(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, layout, view, fits } = scene
  const { repeats } = run.model.calls
  const x = xOf(scene)
  context.strokeStyle = ink.retried
  context.lineWidth = 1.25
  let drawn = 0
  for (const place of lanesInSight(scene)) {
    const { calls } = run.lanes[place]!
    for (let nth = run.firstFrom(calls, view.from); nth < calls.length && drawn < MAX_LINKS; nth++) {
      const row = calls[nth]!
      if (repeats[row] === 0) continue
      const of = row - repeats[row]!
      if (run.end[of]! > view.to) break
      const [from, to] = [x(run.end[of]!), x(run.at[row]!)]
      if (to - from < 3 && run.laneOf[of] === place && run.subOf[of] === run.subOf[row]) continue
      const [y, yTo] = [barTop(run, layout, of) + layout.bar / 2, barTop(run, layout, row) + layout.bar / 2]
      context.globalAlpha = fits[row] || fits[of] ? 0.9 : FAINT
      context.setLineDash([2, 2])
      context.beginPath()
      context.moveTo(from, y)
      if (y === yTo) context.lineTo(to - 1, yTo)
      else context.bezierCurveTo(from + 8, y, to - 8, yTo, to - 1, yTo)
      context.stroke()
      context.setLineDash([])
      drawn += 1
    }
  }
  context.lineWidth = 1
  context.globalAlpha = 1
}

function drawMessages(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, layout, view } = scene
  const { at, from, to } = run.model.messages
  const x = xOf(scene)
  const middles = new Map(
    run.lanes.map(({ agent }, place) => [agent, (layout.tops[place]! + layout.tops[place + 1]!) / 2]),
  )
  context.strokeStyle = context.fillStyle = ink.cached
  let drawn = 0
  at.forEach((time, nth) => {
    if (time < view.from || time > view.to || drawn >= MAX_LINKS) return
    const [y, yTo] = [middles.get(from[nth]!) ?? layout.gatherTop + GATHER / 2, middles.get(to[nth]!)]
    if (yTo === undefined || y === yTo) return
    const place = Math.round(x(time)) + 0.5
    const up = yTo < y ? 1 : -1
    context.beginPath()
    context.moveTo(place, y)
    context.lineTo(place, yTo + up * 5)
    context.stroke()
    context.beginPath()
    context.moveTo(place, yTo)
    context.lineTo(place - 3.5, yTo + up * 6)
    context.lineTo(place + 3.5, yTo + up * 6)
    context.fill()
    context.beginPath()
    context.arc(place, y, 2, 0, 7)
    context.fill()
    drawn += 1
  })
}

/** What a mark of an agent looks like in its lane. */
function glyphOf(kind: MarkName, ink: Ink): [text: string, color: string] | undefined {
  switch (kind) {
    case 'cache hit':
      return ['◆', ink.cached]
    case 'terminated':
      return ['■', ink.failed]
    case 'hung':
      return ['◌', ink.failed]
    case 'restarted':
      return ['↻', ink.retried]
    case 'spawned':
      return ['▸', ink.muted]
    case 'model replaced':
      return ['⇄', ink.retried]
    case 'budget refused':
      return ['$', ink.failed]
    case 'gave up':
    case 'refused':
      return ['⊘', ink.failed]
    default:
      return undefined
  }
}

function drawMarks(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, layout, view } = scene
  const { kind, agent, text } = run.model.marks
  const x = xOf(scene)
  const lanes = new Map(run.lanes.map((lane, place) => [lane.agent, place]))
  /** Where the last glyph of a lane is: those too close to it are left out. */
  const last = new Map<number, number>()
  context.textAlign = 'center'
  kind.forEach((code, nth) => {
    const time = run.markAt[nth]!
    if (time < view.from || time > view.to) return
    const name = MARKS[code]!
    const place = Math.round(x(time)) + 0.5
    if (LINES.includes(name)) {
      context.strokeStyle = name === 'stuck' ? ink.failed : ink.accent
      context.setLineDash(name === 'checkpoint' ? [2, 4] : [6, 3])
      context.beginPath()
      context.moveTo(place, 0)
      context.lineTo(place, layout.height)
      context.stroke()
      context.setLineDash([])
      context.font = SMALL
      context.textAlign = 'left'
      context.fillStyle = context.strokeStyle
      const label = name === 'checkpoint' ? `checkpoint, ${run.model.strings[text[nth]!]}` : name
      const width = context.measureText(label).width
      const isLate = place + width + 6 > scene.width - PAD_RIGHT
      context.fillText(label, isLate ? place - width - 4 : place + 4, layout.lineTop + WINDOW / 2)
      context.textAlign = 'center'
      return
    }
    const lane = lanes.get(agent[nth]!)
    const glyph = glyphOf(name, ink)
    if (lane === undefined || !glyph) return
    const weight = name === 'model replaced' || name === 'cache hit' ? CLOSEST_SIGNS : 9
    if (place - (last.get(lane) ?? -Infinity) < weight) return
    last.set(lane, place)
    context.font = FONT
    const [sign, color] = glyph
    context.lineWidth = 3
    context.strokeStyle = ink.panel
    const y = layout.tops[lane + 1]! - LANE_PAD - 3
    context.strokeText(sign, place, y)
    context.lineWidth = 1
    context.fillStyle = color
    context.fillText(sign, place, y)
  })
  context.textAlign = 'left'
}

function drawSelection(context: CanvasRenderingContext2D, scene: Scene): void {
  const { run, ink, layout, selected, marked } = scene
  const x = xOf(scene)
  const outline = (row: number, color: string, line: number): void => {
    const [left, right] = [x(run.at[row]!), Math.max(x(run.at[row]!) + 2, x(run.end[row]!))]
    context.strokeStyle = color
    context.lineWidth = line
    context.beginPath()
    context.roundRect(left - 1.5, barTop(run, layout, row) - 1.5, right - left + 3, layout.bar + 3, 3)
    context.stroke()
    context.lineWidth = 1
  }
  for (const row of marked) outline(row, ink.failed, 1.5)
  if (selected === undefined) return
  outline(selected, ink.text, 2)
  const { repeats, goesOn } = run.model.calls
  const kin = [
    ...(repeats[selected]! > 0 ? [selected - repeats[selected]!] : []),
    ...(goesOn[selected]! > 0 ? [selected - goesOn[selected]!] : []),
    ...[run.repeatedBy(selected)].filter((row) => row !== undefined),
    ...run.goOnFrom(selected),
  ]
  for (const row of kin) {
    outline(row, ink.accent, 1.5)
    const [first, then] = row < selected ? [row, selected] : [selected, row]
    const [from, to] = [x(run.end[first]!), x(run.at[then]!)]
    const [y, yTo] = [barTop(run, layout, first) + layout.bar / 2, barTop(run, layout, then) + layout.bar / 2]
    context.strokeStyle = ink.accent
    context.beginPath()
    context.moveTo(from, y)
    context.bezierCurveTo(from + 12, y, to - 12, yTo, to, yTo)
    context.stroke()
  }
}
