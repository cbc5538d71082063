import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RunModel } from '../model/data.ts'
import { CallList } from './call-list.tsx'
import { Curves } from './curves.tsx'
import { Details } from './details.tsx'
import { EventList } from './event-list.tsx'
import { isFiltered, matching, NO_FILTER, type Filter } from './filter.ts'
import { Findings } from './findings.tsx'
import { Sums } from './header.tsx'
import { Keys } from './keys.tsx'
import { gutterOf, layoutOf, PAD_RIGHT } from './layout.ts'
import { Run } from './run.ts'
import { Overview, Timeline } from './timeline.tsx'
import { Toolbar } from './toolbar.tsx'
import { View } from './view.ts'

const NONE: ReadonlySet<number> = new Set()
type Tab = 'findings' | 'calls' | 'events'

/** The width of an element, as it changes. */
function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(0)
  const [element, setElement] = useState<HTMLElement | null>(null)
  useLayoutEffect(() => {
    if (!element) return
    const measure = (): void => setWidth(Math.floor(element.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [element])
  return [setElement, width]
}

interface RunPageProps {
  model: RunModel
  theme: string
  /** Beside another one: without its lists. */
  isCompact?: boolean
  /** Whether it still grows: what is shown follows its end. */
  isLive?: boolean
  /** What happened before is not known. Milliseconds since the run began. */
  knownFrom?: number
}

/** One run: its sums, its lanes, its curves, and what is to be read of it. */
export function RunPage({ model, theme, isCompact = false, isLive = false, knownFrom = 0 }: RunPageProps) {
  const run = useMemo(() => new Run(model), [model])
  const before = useRef<View>(undefined)
  const followed = useRef(0)
  const view = useMemo(() => {
    const next = new View(model.endMs)
    const last = before.current
    // Until somebody chooses a span, all that is known is shown; a span at the end follows it.
    if (!last || (last.from === followed.current && last.to === last.endMs)) {
      next.show(knownFrom, next.endMs)
      followed.current = next.from
    } else if (isLive && last.to === last.endMs) next.show(last.isWhole ? 0 : next.endMs - last.span, next.endMs)
    else if (isLive) next.show(last.from, last.to)
    return (before.current = next)
  }, [model])
  const [filter, setFilter] = useState<Filter>(NO_FILTER)
  // By its number: rows move where a run goes on, and a call that began before others is told of after them.
  const [chosen, setChosen] = useState<number>()
  const selected = chosen === undefined ? undefined : run.rowOf(chosen)
  const setSelected = (row: number | undefined): void => setChosen(row === undefined ? undefined : run.number[row])
  const [finding, setFinding] = useState<number>()
  const [tab, setTab] = useState<Tab>(model.findings.length > 0 || model.errors.length > 0 ? 'findings' : 'calls')
  const [withMessages, setMessages] = useState(false)
  const [hasHelp, setHelp] = useState(false)
  const [time, setTime] = useState<number>()
  const [measure, width] = useWidth()
  const search = useRef<HTMLInputElement>(null)
  const fits = useMemo(() => matching(run, filter), [run, filter])
  const fitting = useMemo(() => fits.reduce((sum, fit) => sum + fit, 0), [fits])
  const marked = useMemo(
    () => (finding === undefined ? NONE : new Set(model.findings[finding]?.calls)),
    [model, finding],
  )
  const select = (row: number | undefined): void => {
    setSelected(row)
    if (row !== undefined) view.reveal(run.at[row]!, run.end[row]!)
  }
  const choose = (nth: number): void => {
    setFinding(nth)
    setSelected(undefined)
    setTab('findings')
    const { at, calls } = model.findings[nth]!
    const rows = calls.length > 0 ? calls : [undefined]
    const [from, to] = [
      Math.min(...rows.map((row) => (row === undefined ? at : run.at[row]!))),
      Math.max(...rows.map((row) => (row === undefined ? at : run.end[row]!))),
    ]
    view.reveal(from, to)
  }

  /** The call of a neighbouring lane that is nearest in time. */
  const neighbour = (by: number): number | undefined => {
    if (selected === undefined) return undefined
    for (let place = run.laneOf[selected]! + by; place >= 0 && place < run.lanes.length; place += by) {
      const { calls } = run.lanes[place]!
      if (calls.length === 0) continue
      return calls[Math.min(calls.length - 1, run.firstFrom(calls, run.at[selected]!))]
    }
    return undefined
  }
  const alongside = (by: number): number | undefined => {
    const { calls } = run.lanes[run.laneOf[selected!]!]!
    return calls[calls.indexOf(selected!) + by]
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const target = event.target as HTMLElement
      if (event.key === 'Escape') {
        if (hasHelp) setHelp(false)
        else if (selected !== undefined) setSelected(undefined)
        else setFilter(NO_FILTER)
        target.blur()
        return
      }
      if (/^(input|select|textarea)$/i.test(target.tagName)) return
      const action = (
        {
          '/': () => search.current?.focus(),
          '+': () => view.zoom(0.5),
          '=': () => view.zoom(0.5),
          '-': () => view.zoom(2),
          '0': () => view.whole(),
          m: () => setMessages((on) => !on),
          '?': () => setHelp((on) => !on),
          f: () => model.findings.length > 0 && choose(((finding ?? -1) + 1) % model.findings.length),
          ArrowLeft: () => (selected === undefined ? view.pan(-0.2) : select(alongside(-1) ?? selected)),
          ArrowRight: () => (selected === undefined ? view.pan(0.2) : select(alongside(1) ?? selected)),
          ...(selected !== undefined && {
            ArrowUp: () => select(neighbour(-1) ?? selected),
            ArrowDown: () => select(neighbour(1) ?? selected),
          }),
        } as Record<string, () => unknown>
      )[event.key]
      if (!action) return
      event.preventDefault()
      action()
    }
    if (isCompact) return
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })

  const gutter = gutterOf(run, width)
  const lanesHeight = useMemo(() => layoutOf(run).height, [run])
  const curveHeight = isCompact ? 84 : Math.min(132, Math.max(84, (innerHeight - 330 - lanesHeight) / 3))
  const crosshair =
    time === undefined ? undefined : gutter + ((time - view.from) / view.span) * (width - gutter - PAD_RIGHT)
  const tabs: readonly (readonly [Tab, string])[] = [
    ['findings', `Findings ${model.findings.length}`],
    ['calls', `Calls ${isFiltered(filter) ? `${fitting}/${run.size}` : run.size}`],
    ['events', `Events ${model.marks.kind.length}`],
  ]
  return (
    <section class={isCompact ? 'run compact' : 'run'} aria-label={model.label || 'The run'}>
      <Sums run={run} />
      <Toolbar
        {...{ run, view, filter, fitting, withMessages }}
        onFilter={setFilter}
        onMessages={() => setMessages(!withMessages)}
        searchRef={search}
        onHelp={() => setHelp(!hasHelp)}
      />
      {hasHelp && <Keys onClose={() => setHelp(false)} />}
      <div class="body">
        <div class="charts" ref={measure}>
          {width > 0 && (
            <>
              <Overview {...{ run, view, width, theme }} />
              <Timeline
                {...{ run, view, width, fits, selected, marked, withMessages, theme }}
                maxHeight={isCompact ? 420 : Math.max(300, innerHeight - 430)}
                onSelect={select}
                onFinding={choose}
                onTime={setTime}
              />
              <Curves {...{ run, view, width, theme, time }} height={curveHeight} />
              {crosshair !== undefined && <i class="crosshair" style={{ left: `${crosshair}px` }} />}
            </>
          )}
        </div>
        <aside class="side" aria-label="Details">
          {selected !== undefined ? (
            <Details run={run} row={selected} onSelect={select} />
          ) : (
            <>
              <div class="tabs" role="tablist" aria-label="Lists">
                {tabs.map(([name, text]) => (
                  <button
                    key={name}
                    role="tab"
                    id={`tab-${name}`}
                    aria-selected={tab === name}
                    aria-controls="list"
                    onClick={() => setTab(name)}
                  >
                    {text}
                  </button>
                ))}
              </div>
              <div id="list" role="tabpanel" aria-labelledby={`tab-${tab}`}>
                {tab === 'findings' && <Findings run={run} chosen={finding} onChoose={choose} onSelect={select} />}
                {tab === 'calls' && <CallList {...{ run, fits, selected }} onSelect={select} isNewestFirst={isLive} />}
                {tab === 'events' && <EventList run={run} view={view} />}
              </div>
            </>
          )}
        </aside>
      </div>
    </section>
  )
}
