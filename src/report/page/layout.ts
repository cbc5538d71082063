import { MARKS, type GatherRow, type MarkName } from '../model/data.ts'
import type { Run } from './run.ts'

/** Sizes of the chart, in CSS pixels. */
const GAP = 3
const LANE_PAD = 5
/** Below the bars of a lane in which something else happened. */
const MARKS_ROW = 11
export const AXIS = 26
export const PAD_RIGHT = 14
const BREAKER = 15
const GATHER = 18
const WINDOW = 15
/** Marks that stand as lines over all lanes. */
const LINES: readonly MarkName[] = ['resumed', 'checkpoint', 'stuck']
const MAX_GATHER_ROWS = 4

/** Bars are tall where there is room. */
const barOf = (rows: number): number => (rows <= 8 ? 18 : rows <= 20 ? 15 : 12)

const LETTER = 6.4
const COUNTS = 66

/** The width of the gutter in which lanes are named. */
export function gutterOf({ lanes }: Run, width: number): number {
  if (width < 640) return 92
  const longest = lanes.reduce((most, { name }) => Math.max(most, name.length), 13)
  return Math.round(Math.min(224, 20 + longest * LETTER + COUNTS))
}

/** Where everything lies, from the top of the lanes. */
export interface Layout {
  height: number
  /** The height of a call's bar. */
  bar: number
  /** Where lines over all lanes are named. */
  lineTop: number
  /** The orchestration's own lane: gathers, and a row for each breaker. */
  gatherTop: number
  gatherRows: number
  gatherSub: Uint8Array
  breakerTop: number
  breakers: readonly number[]
  own: number
  /** Tops of the agents' lanes, and the end of the last one. */
  tops: Float64Array
}

/** Rows for spans that overlap. */
function packed(gathers: readonly GatherRow[], endMs: number): { sub: Uint8Array; rows: number } {
  const free: number[] = []
  const sub = new Uint8Array(gathers.length)
  gathers.forEach(({ at, took }, place) => {
    let row = free.findIndex((until) => until <= at)
    if (row < 0) row = free.length < MAX_GATHER_ROWS ? free.length : place % MAX_GATHER_ROWS
    free[row] = took < 0 ? endMs : at + took
    sub[place] = row
  })
  return { sub, rows: free.length }
}

/** Lays the lanes of a run out. */
export function layoutOf(run: Run): Layout {
  const { gathers, breakers, endMs } = run.model
  const { sub, rows } = packed(gathers, endMs)
  const targets = [...new Set(breakers.map(({ target }) => target))]
  const windows = run.model.windows.length > 0 ? WINDOW : 0
  const lineTop = 5 + windows
  const hasLines = run.model.marks.kind.some((code) => LINES.includes(MARKS[code]!))
  const gatherTop = 6 + windows + (hasLines ? WINDOW : 0)
  const breakerTop = gatherTop + Math.max(1, rows) * GATHER + 2
  const own = breakerTop + targets.length * BREAKER + 4
  const tops = new Float64Array(run.lanes.length + 1)
  const bar = barOf(run.lanes.reduce((sum, lane) => sum + lane.rows, 0))
  const withMarks = new Set(run.model.marks.agent)
  let top = own
  run.lanes.forEach((lane, place) => {
    tops[place] = top
    top += 2 * LANE_PAD + lane.rows * (bar + GAP) - GAP + (withMarks.has(lane.agent) ? MARKS_ROW : 0)
  })
  tops[run.lanes.length] = top
  return {
    height: top + 4,
    bar,
    lineTop,
    gatherTop,
    gatherRows: rows,
    gatherSub: sub,
    breakerTop,
    breakers: targets,
    own,
    tops,
  }
}

/** The top of a call's bar. */
export const barTop = (run: Run, { tops, bar }: Layout, row: number): number =>
  tops[run.laneOf[row]!]! + LANE_PAD + run.subOf[row]! * (bar + GAP)

export { BREAKER, GATHER, LANE_PAD, LINES, WINDOW }

/** The lane at a height. */
export function laneAt({ tops }: Layout, y: number): number {
  for (let place = 0; place + 1 < tops.length; place++) if (y >= tops[place]! && y < tops[place + 1]!) return place
  return -1
}
