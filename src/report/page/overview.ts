import { OUTCOMES } from '../model/data.ts'
import type { Run } from './run.ts'
import type { Ink } from './theme.ts'
import type { View } from './view.ts'

const BAD: ReadonlySet<string> = new Set(['failed', 'retried', 'refused'])

/** How many calls are under way in each of so many parts of a run, and how many of those end badly. */
function densityOf(run: Run, parts: number): { all: Float32Array; bad: Float32Array; most: number } {
  const all = new Float32Array(parts + 1)
  const bad = new Float32Array(parts + 1)
  const scale = parts / Math.max(1, run.model.endMs)
  for (let row = 0; row < run.size; row++) {
    const from = Math.min(parts - 1, Math.floor(run.at[row]! * scale))
    const to = Math.min(parts, Math.floor(run.end[row]! * scale) + 1)
    const isBad = BAD.has(OUTCOMES[run.outcome[row]!]!)
    all[from]! += 1
    all[to]! -= 1
    if (!isBad) continue
    bad[from]! += 1
    bad[to]! -= 1
  }
  let most = 1
  for (let part = 1; part <= parts; part++) {
    all[part]! += all[part - 1]!
    bad[part]! += bad[part - 1]!
  }
  for (const value of all) most = Math.max(most, value)
  return { all, bad, most }
}

/** The whole run in little, with what is shown of it. */
export function drawOverview(
  context: CanvasRenderingContext2D,
  {
    run,
    view,
    ink,
    width,
    height,
    left,
    right,
  }: {
    run: Run
    view: View
    ink: Ink
    width: number
    height: number
    left: number
    right: number
  },
): void {
  context.clearRect(0, 0, width, height)
  const plot = width - left - right
  const parts = Math.max(1, Math.floor(plot / 2))
  const { all, bad, most } = densityOf(run, parts)
  for (let part = 0; part < parts; part++) {
    const x = left + part * 2
    const tall = (all[part]! / most) * (height - 4)
    const ill = (bad[part]! / most) * (height - 4)
    context.fillStyle = ink.answered
    context.globalAlpha = 0.75
    context.fillRect(x, height - tall, 1.6, tall)
    context.globalAlpha = 1
    context.fillStyle = ink.failed
    context.fillRect(x, height - ill, 1.6, ill)
  }
  context.font = '10px ui-sans-serif, system-ui, sans-serif'
  context.textBaseline = 'middle'
  context.fillStyle = ink.muted
  context.fillText('whole run', 10, height / 2)
  const [from, to] = [view.from, view.to].map((time) => left + (time / view.endMs) * plot) as [number, number]
  context.fillStyle = ink.panel
  context.globalAlpha = 0.65
  context.fillRect(left, 0, from - left, height)
  context.fillRect(to, 0, width - right - to, height)
  context.globalAlpha = 1
  if (view.isWhole) return
  context.strokeStyle = ink.accent
  context.strokeRect(from + 0.5, 0.5, Math.max(2, to - from - 1), height - 1)
}
