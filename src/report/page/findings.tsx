import { duration } from './format.ts'
import type { Run } from './run.ts'

interface FindingsProps {
  run: Run
  chosen: number | undefined
  onChoose: (nth: number) => void
  onSelect: (row: number) => void
}

/** What checks have found: what, why it matters, what to do. */
export function Findings({ run, chosen, onChoose, onSelect }: FindingsProps) {
  const { findings, errors, remarks, isChecked } = run.model
  return (
    <div class="findings">
      {errors.map((error, nth) => (
        <details key={nth} class="error" open={nth === 0 && findings.length === 0}>
          <summary>{error.split('\n')[0]}</summary>
          <pre>{error}</pre>
        </details>
      ))}
      {findings.map(({ check, at, what, why, advice, calls }, nth) => (
        <article key={nth} class={nth === chosen ? 'finding chosen' : 'finding'}>
          <h3>
            <button class="head" aria-expanded={nth === chosen} onClick={() => onChoose(nth)}>
              <span class="number">{nth + 1}</span>
              {check}
              <small>at {duration(at)}</small>
            </button>
          </h3>
          <p>{what}</p>
          <dl>
            <dt>Why it matters</dt>
            <dd>{why}</dd>
            <dt>What to do</dt>
            <dd>{advice}</dd>
          </dl>
          {calls.length > 0 && (
            <p class="calls">
              {calls.slice(0, 12).map((row) => (
                <button key={row} class="link" onClick={() => onSelect(row)}>
                  call {run.number[row]}
                </button>
              ))}
              {calls.length > 12 && <small>and {calls.length - 12} more</small>}
            </p>
          )}
        </article>
      ))}
      {findings.length === 0 && isChecked && <p class="good">✓ All checks passed.</p>}
      {remarks.map((remark, nth) => (
        <p key={nth} class="note">
          {remark}
        </p>
      ))}
    </div>
  )
}
