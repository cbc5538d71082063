import { Command } from './copy.tsx'
import { count, dollars, duration, short } from './format.ts'
import type { Run } from './run.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What a run comes to, in a row. */
export function Sums({ run }: { run: Run }) {
  const { calls, claims, budget, billed, endMs, seed, toldBy, status } = run.model
  const claimed = sum(claims.known) + sum(claims.uncertain)
  const retries = calls.repeats.filter((back) => back > 0).length
  const [answered = 0, retried = 0, failed = 0, cancelled = 0, refused = 0, open = 0] = run.counts
  const bad = retried + failed + refused
  // A call without an end is cut off by the end of its run.
  const underWay = status === 'running' ? open : 0
  const cutOff = cancelled + open - underWay
  const unfinished = [
    ...(underWay > 0 ? [`${count(underWay)} in progress`] : []),
    ...(cutOff > 0 ? [`${count(cutOff)} cut off`] : []),
  ]
  const share = budget ? Math.min(1, Number(billed) / budget) : 0
  return (
    <dl class="sums">
      <Sum name="Time" value={duration(endMs)} />
      <Sum name="Calls" value={count(run.size)} more={`${count(answered)} answered`} />
      <Sum
        name="Failed"
        value={count(bad)}
        more={[`${count(retries)} ${retries === 1 ? 'retry' : 'retries'}`, ...unfinished].join(', ')}
        isBad={bad > 0}
      />
      <Sum
        name="Tokens"
        value={short(sum(calls.input) + sum(calls.output))}
        more={`${short(sum(calls.output))} output`}
      />
      <Sum
        name={toldBy === 'service' ? 'Billed' : 'Claimed'}
        value={dollars(billed)}
        more={claims.at.length > 0 && toldBy === 'service' ? `${dollars(claimed)} claimed` : ''}
        isBad={claims.at.length > 0 && claimed < Number(billed)}
      />
      {budget !== null && (
        <Sum name="Budget" value={dollars(budget)} more={`${Math.round(share * 100)} % used`} isBad={share >= 0.8} />
      )}
      {seed !== '' && <Sum name="Seed" value={seed} />}
    </dl>
  )
}

function Sum({
  name,
  value,
  more = '',
  isBad = false,
}: {
  name: string
  value: string
  more?: string
  isBad?: boolean
}) {
  return (
    <div class={isBad ? 'sum bad' : 'sum'}>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {more !== '' && <small>{more}</small>}
      </dd>
    </div>
  )
}

interface TopProps {
  title: string
  status?: string
  theme: string
  onTheme: () => void
  index?: string
  replay?: string
}

/** The head of every page. */
export function Top({ title, status, theme, onTheme, index, replay }: TopProps) {
  return (
    <header class="top">
      <div class="name">
        {index !== undefined && index !== '' && (
          <a href={index} class="back">
            ← all runs
          </a>
        )}
        <h1>
          {status !== undefined && <span class={`status ${status}`}>{status}</span>}
          {title}
        </h1>
        <button
          class="theme"
          aria-label={`Change to the ${theme === 'dark' ? 'light' : 'dark'} theme`}
          onClick={onTheme}
        >
          {theme === 'dark' ? '☀' : '☾'}
        </button>
      </div>
      {replay !== undefined && replay !== '' && <Command text={replay} />}
    </header>
  )
}
