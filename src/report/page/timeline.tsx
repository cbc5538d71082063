import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { OUTCOMES } from '../model/data.ts'
import { draw, type Scene } from './draw.ts'
import { clock, dollars, duration } from './format.ts'
import { AXIS, barTop, gutterOf, laneAt, layoutOf, PAD_RIGHT } from './layout.ts'
import { drawOverview } from './overview.ts'
import type { Run } from './run.ts'
import { ink } from './theme.ts'
import type { View } from './view.ts'

/** A canvas as sharp as the screen. */
function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h })
  const context = canvas.getContext('2d')!
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  return context
}

/** The width of a pin of a finding. CSS pixels. */
const PIN = 19

interface TimelineProps {
  run: Run
  view: View
  width: number
  fits: Uint8Array
  selected: number | undefined
  marked: ReadonlySet<number>
  withMessages: boolean
  theme: string
  onSelect: (row: number | undefined) => void
  onFinding: (nth: number) => void
  onTime: (time: number | undefined) => void
  maxHeight: number
}

/** The lanes of a run, to be looked at, dragged and clicked. */
export function Timeline(props: TimelineProps) {
  const { run, view, width, fits, selected, marked, withMessages, theme, maxHeight } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const layout = useMemo(() => layoutOf(run), [run])
  const gutter = gutterOf(run, width)
  const height = Math.min(maxHeight, layout.height + AXIS)
  const [tip, setTip] = useState<{ row: number; x: number; y: number }>()
  const [, redraw] = useState(0)
  const sceneRef = useRef<Scene>(undefined)

  useLayoutEffect(() => {
    const paint = (): void => {
      const scroll = scroller.current?.scrollTop ?? 0
      const scene: Scene = {
        run,
        view,
        layout,
        ink: ink(),
        width,
        height,
        gutter,
        scroll,
        fits,
        selected,
        marked,
        withMessages,
      }
      sceneRef.current = scene
      draw(sized(canvas.current!, width, height), scene)
    }
    let frame = 0
    const later = (): void => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(paint)
    }
    paint()
    const off = view.onChange(() => {
      later()
      redraw((nth) => nth + 1)
    })
    const element = scroller.current!
    element.addEventListener('scroll', later)
    return () => {
      off()
      cancelAnimationFrame(frame)
      element.removeEventListener('scroll', later)
    }
  }, [run, view, layout, width, height, gutter, fits, selected, marked, withMessages, theme])

  // What is selected elsewhere comes into sight here.
  useEffect(() => {
    const element = scroller.current
    if (selected === undefined || !element) return
    const top = barTop(run, layout, selected)
    const seen = height - AXIS
    if (top < element.scrollTop || top + layout.bar > element.scrollTop + seen) element.scrollTop = top - seen / 2
  }, [selected])

  const timeAt = (x: number): number => view.from + ((x - gutter) / (width - gutter - PAD_RIGHT)) * view.span
  const placeOf = (event: { clientX: number; clientY: number }): { x: number; y: number } => {
    const box = canvas.current!.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const hit = ({ x, y }: { x: number; y: number }): number | undefined => {
    if (x < gutter || y < AXIS) return undefined
    const inLanes = y - AXIS + (scroller.current?.scrollTop ?? 0)
    const lane = run.lanes[laneAt(layout, inLanes)]
    if (!lane) return undefined
    const reach = (view.span / (width - gutter)) * 4
    const time = timeAt(x)
    let best: number | undefined
    for (let nth = run.firstFrom(lane.calls, time - lane.longest - reach); nth < lane.calls.length; nth++) {
      const row = lane.calls[nth]!
      if (run.at[row]! > time + reach) break
      const top = barTop(run, layout, row)
      if (run.end[row]! < time - reach || inLanes < top - 1 || inLanes > top + layout.bar + 1) continue
      if (best === undefined || fits[row]! >= fits[best]!) best = row
    }
    return best
  }

  const drag = useRef<{ x: number; from: number; to: number; moved: boolean }>(undefined)
  const onDown = (event: PointerEvent): void => {
    const { x } = placeOf(event)
    if (event.button !== 0 || x < gutter) return
    drag.current = { x, from: view.from, to: view.to, moved: false }
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
  }
  const onMove = (event: PointerEvent): void => {
    const { x, y } = placeOf(event)
    const held = drag.current
    if (held) {
      const shift = ((held.x - x) / (width - gutter - PAD_RIGHT)) * (held.to - held.from)
      if (Math.abs(held.x - x) > 3) held.moved = true
      if (held.moved) view.show(held.from + shift, held.to + shift)
      return
    }
    props.onTime(x >= gutter && x <= width - PAD_RIGHT ? timeAt(x) : undefined)
    const row = hit({ x, y })
    setTip(row === undefined ? undefined : { row, x, y })
  }
  const onUp = (event: PointerEvent): void => {
    const held = drag.current
    drag.current = undefined
    if (held && !held.moved) props.onSelect(hit(placeOf(event)))
  }
  useEffect(() => {
    const element = canvas.current!
    const onWheel = (event: WheelEvent): void => {
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey
      if (!isSideways && !event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      if (isSideways) view.pan((event.deltaX || event.deltaY) / width)
      else view.zoom(Math.exp(event.deltaY / 240), timeAt(placeOf(event).x))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  })

  let taken = Number.NEGATIVE_INFINITY
  const xOf = (time: number): number => gutter + ((time - view.from) / view.span) * (width - gutter - PAD_RIGHT)
  return (
    <div class="lanes" style={{ height: `${height}px` }}>
      <div
        class="scroller"
        ref={scroller}
        tabIndex={layout.height + AXIS > height ? 0 : -1}
        role="group"
        aria-label="Lanes of the agents"
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Chart of ${run.size} calls by ${run.lanes.length} agents. The list of calls contains the same data as text.`}
          style={{ width: `${width}px`, height: `${height}px` }}
          onPointerDown={onDown}
          onPointerMove={onMove}
          onPointerUp={onUp}
          onPointerLeave={() => {
            setTip(undefined)
            props.onTime(undefined)
          }}
          onDblClick={() => view.whole()}
        />
        <div style={{ height: `${layout.height + AXIS - height}px` }} />
      </div>
      {run.model.findings.map(({ check, at, what }, nth) => {
        const x = xOf(at)
        // Those of one time stand beside one another.
        taken = Math.max(x, taken + PIN)
        return x < gutter - 1 || x > width || taken > width ? null : (
          <button
            key={nth}
            class="pin"
            style={{ left: `${Math.min(taken, width - 8)}px` }}
            title={`${check}: ${what}`}
            aria-label={`Finding ${nth + 1}: ${check}, at ${clock(at)}`}
            onClick={() => props.onFinding(nth)}
          >
            {nth + 1}
          </button>
        )
      })}
      {tip && <Tip run={run} {...tip} width={width} />}
    </div>
  )
}

function Tip({ run, row, x, y, width }: { run: Run; row: number; x: number; y: number; width: number }) {
  const { calls } = run.model
  const outcome = OUTCOMES[run.outcome[row]!]!
  return (
    <div class="tip" style={{ left: `${Math.max(4, Math.min(x + 12, width - 250))}px`, top: `${y + 16}px` }}>
      <b>
        <i class={`dot ${outcome}`} /> {run.text('agent', row)} · call {run.number[row]}
      </b>
      <span>{run.text('model', row)}</span>
      <span>
        {outcome}
        {calls.fault[row] ? ` (${run.text('fault', row)})` : ''} · {duration(run.end[row]! - run.at[row]!)}
        {calls.firstToken[row]! > 0 ? `, first token ${duration(calls.firstToken[row]!)}` : ''}
      </span>
      <span>
        {calls.input[row]} → {calls.output[row]} tokens · {dollars(calls.cost[row]!)}
      </span>
    </div>
  )
}

/** The whole run in little: a span of it is dragged out to be shown. */
export function Overview({ run, view, width, theme }: { run: Run; view: View; width: number; theme: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const height = 38
  const gutter = gutterOf(run, width)
  useLayoutEffect(() => {
    const paint = (): void =>
      drawOverview(sized(canvas.current!, width, height), {
        run,
        view,
        ink: ink(),
        width,
        height,
        left: gutter,
        right: PAD_RIGHT,
      })
    paint()
    return view.onChange(paint)
  }, [run, view, width, theme])
  const start = useRef<number>(undefined)
  const timeAt = (event: PointerEvent): number => {
    const x = event.clientX - canvas.current!.getBoundingClientRect().left
    return ((x - gutter) / (width - gutter - PAD_RIGHT)) * view.endMs
  }
  return (
    <canvas
      class="overview"
      ref={canvas}
      role="img"
      aria-label="Calls in progress over the whole run"
      style={{ width: `${width}px`, height: `${height}px` }}
      onPointerDown={(event) => {
        start.current = timeAt(event)
        ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
      }}
      onPointerMove={(event) => {
        if (start.current === undefined) return
        const now = timeAt(event)
        if (Math.abs(now - start.current) > view.endMs / 300)
          view.show(Math.min(now, start.current), Math.max(now, start.current))
      }}
      onPointerUp={(event) => {
        const from = start.current
        start.current = undefined
        if (from === undefined || Math.abs(timeAt(event) - from) > view.endMs / 300) return
        // A click centres what is shown.
        view.show(from - view.span / 2, from + view.span / 2)
      }}
      onDblClick={() => view.whole()}
    />
  )
}
