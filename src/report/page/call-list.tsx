import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { OUTCOMES } from '../model/data.ts'
import { clock, dollars, duration } from './format.ts'
import type { Run } from './run.ts'

const ROW = 38
const AROUND = 6

interface CallListProps {
  run: Run
  fits: Uint8Array
  selected: number | undefined
  onSelect: (row: number) => void
  /** Where a run goes on, what is new stands at the top. */
  isNewestFirst: boolean
}

/** All calls that fit the filter, as text. Only those in sight are in the page. */
export function CallList({ run, fits, selected, onSelect, isNewestFirst }: CallListProps) {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const rows = useMemo(() => {
    const found: number[] = []
    for (let row = 0; row < run.size; row++) if (fits[row]) found.push(row)
    return isNewestFirst ? found.reverse() : found
  }, [run, fits])
  const height = box.current?.clientHeight ?? 480
  useEffect(() => {
    const nth = selected === undefined ? -1 : rows.indexOf(selected)
    const element = box.current
    if (nth < 0 || !element) return
    if (nth * ROW < element.scrollTop || (nth + 1) * ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = nth * ROW - element.clientHeight / 2
  }, [selected, rows])
  const first = Math.max(0, Math.floor(top / ROW) - AROUND)
  const shown = rows.slice(first, Math.ceil((top + height) / ROW) + AROUND)
  const { calls } = run.model
  return (
    <div
      class="call-list"
      ref={box}
      tabIndex={0}
      role="group"
      aria-label={`${rows.length} calls`}
      onScroll={() => setTop(box.current!.scrollTop)}
    >
      {rows.length === 0 && <p class="note">No call fits the filter.</p>}
      <ol style={{ height: `${rows.length * ROW}px` }}>
        {shown.map((row, nth) => {
          const outcome = OUTCOMES[run.outcome[row]!]!
          return (
            <li key={row} style={{ top: `${(first + nth) * ROW}px` }}>
              <button class={row === selected ? 'chosen' : ''} onClick={() => onSelect(row)}>
                <i class={`dot ${outcome}`} />
                <span class="who">
                  {run.text('agent', row)} <small>#{run.number[row]}</small>
                </span>
                <span class="when">{clock(run.at[row]!)}</span>
                <small class="what">
                  {outcome}
                  {calls.fault[row]! > 0 ? ` · ${run.text('fault', row)}` : ''} · {run.text('model', row)}
                </small>
                <small class="cost">
                  {calls.took[row]! < 0 ? 'open' : duration(calls.took[row]!)} · {dollars(calls.cost[row]!)}
                </small>
              </button>
            </li>
          )
        })}
      </ol>
    </div>
  )
}
