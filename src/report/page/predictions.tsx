import type { PredictedRow } from '../model/data.ts'
import { count, dollars, duration } from './format.ts'

const PICO = 1e12
/** Fewer runs do not tell what 99 of 100 stay under. */
const ENOUGH_FOR_99 = 99
const money = (value: number): string => dollars(value * PICO)
const time = (seconds: number): string => duration(seconds * 1_000)
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`

/** What runs are predicted to cost and take: a row for each orchestration, or for each model. */
export function PredictionsPage({ rows }: { rows: readonly PredictedRow[] }) {
  const runs = rows[0]?.runs ?? 0
  const most = Math.max(...rows.map(({ cost }) => Math.max(cost.under99, cost.to)))
  return (
    <section class="suite" aria-label="Predictions">
      <div class="table" tabIndex={0} role="group" aria-label="Table of predictions">
        <table>
          <thead>
            <tr>
              <th scope="col">of {count(runs)} runs each</th>
              <th scope="col">cost of 90 % of the runs</th>
              {[
                'cost',
                runs < ENOUGH_FOR_99 ? 'most expensive run' : '99 % cost less than',
                'time',
                'calls',
                'complete',
                'month, 1 run a day',
                '10 a day',
                '100 a day',
              ].map((name) => (
                <th key={name} scope="col" class="n">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.label} row={row} most={most} />
            ))}
          </tbody>
        </table>
      </div>
      <div class="sweeps drivers">
        {rows
          .filter(({ drivers }) => drivers.length > 0)
          .map((row) => (
            <Drivers key={row.label} row={row} />
          ))}
      </div>
    </section>
  )
}

function Row({ row, most }: { row: PredictedRow; most: number }) {
  const { label, cost, seconds, calls, completed, monthly } = row
  const at = (value: number): string => `${most === 0 ? 0 : (100 * value) / most}%`
  const range = (from: string, to: string): string => (from === to ? from : `${from} – ${to}`)
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        <span class="interval" aria-hidden="true">
          <i style={{ left: at(cost.from), right: `calc(100% - ${at(cost.to)})` }} />
          <b style={{ left: at(cost.median) }} />
        </span>
        <small>{range(money(cost.from), money(cost.to))}</small>
      </td>
      <td class="n">{money(cost.median)}</td>
      <td class="n">{money(cost.under99)}</td>
      <td class="n">
        {time(seconds.median)} <small>{range(time(seconds.from), time(seconds.to))}</small>
      </td>
      <td class="n">{count(calls.median)}</td>
      <td class="n">{percent(completed)}</td>
      {monthly.map((value, nth) => (
        <td key={nth} class="n">
          {money(value)}
        </td>
      ))}
    </tr>
  )
}

function Drivers({ row: { label, drivers } }: { row: PredictedRow }) {
  return (
    <article class="sweep">
      <h2>{label}</h2>
      <div class="exercised">
        <h3>Cost drivers: share of the variance</h3>
        <ul>
          {drivers.map(({ what, share }) => (
            <li key={what}>
              <span class="what">{what}</span>
              <i class="bar" aria-hidden="true">
                <i style={{ width: `${100 * share}%` }} />
              </i>
              <span class="n">{percent(share)}</span>
            </li>
          ))}
        </ul>
      </div>
    </article>
  )
}
