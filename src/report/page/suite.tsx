import { useState } from 'preact/hooks'
import type { ReportFile, SweepRow, TestRow } from '../model/data.ts'
import { count, dollars, duration } from './format.ts'

type Suite = Extract<ReportFile, { kind: 'suite' }>

const sumOf = (tests: readonly TestRow[], part: 'simulatedMs' | 'realMs' | 'calls' | 'failed' | 'retries'): number =>
  tests.reduce((sum, test) => sum + test[part], 0)
const costOf = (tests: readonly TestRow[]): string => tests.reduce((sum, { cost }) => sum + BigInt(cost), 0n).toString()
const isBad = ({ state }: TestRow): boolean => state === 'failed'

/** A whole run of tests: orchestrations and their tests, and what sweeps have exercised. */
export function SuitePage({ suite: { tests, sweeps } }: { suite: Suite }) {
  const [text, setText] = useState('')
  const [onlyFailed, setOnlyFailed] = useState(false)
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = tests.filter(
    (test) =>
      (!onlyFailed || isBad(test) || test.checks.length > 0) &&
      words.every((word) =>
        `${test.orchestration} ${test.test} ${test.file} ${test.state} ${test.checks.join(' ')}`
          .toLowerCase()
          .includes(word),
      ),
  )
  const groups = [...Map.groupBy(shown, ({ orchestration }) => orchestration)]
  const failed = tests.filter(isBad).length
  return (
    <section class="suite" aria-label="Tests">
      <dl class="sums">
        <div class="sum">
          <dt>Tests</dt>
          <dd>
            <b>{count(tests.length)}</b>
            <small>{count(new Set(tests.map(({ orchestration }) => orchestration)).size)} orchestrations</small>
          </dd>
        </div>
        <div class={failed > 0 ? 'sum bad' : 'sum'}>
          <dt>Failed</dt>
          <dd>
            <b>{count(failed)}</b>
            <small>{tests.length > 0 ? `${(100 * (1 - failed / tests.length)).toFixed(1)} % passed` : ''}</small>
          </dd>
        </div>
        <div class="sum">
          <dt>Simulated</dt>
          <dd>
            <b>{duration(sumOf(tests, 'simulatedMs'))}</b>
            <small>in {duration(sumOf(tests, 'realMs'))}</small>
          </dd>
        </div>
        <div class="sum">
          <dt>Calls</dt>
          <dd>
            <b>{count(sumOf(tests, 'calls'))}</b>
            <small>
              {count(sumOf(tests, 'failed'))} failed, {count(sumOf(tests, 'retries'))} retries
            </small>
          </dd>
        </div>
        <div class="sum">
          <dt>Simulated cost</dt>
          <dd>
            <b>{dollars(costOf(tests))}</b>
          </dd>
        </div>
      </dl>
      {sweeps.length > 0 && (
        <div class="sweeps">
          {sweeps.map((sweep) => (
            <SweepCard key={sweep.orchestration} sweep={sweep} />
          ))}
        </div>
      )}
      <div class="toolbar" role="group" aria-label="Filters">
        <input
          type="search"
          aria-label="Search tests"
          placeholder="Search: orchestration, test, file, check"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button class="chip failed" aria-pressed={onlyFailed} onClick={() => setOnlyFailed(!onlyFailed)}>
          <i class="dot failed" /> failed only
        </button>
        <span class="fitting" role="status">
          {shown.length === tests.length ? '' : `${count(shown.length)} of ${count(tests.length)} tests`}
        </span>
      </div>
      <div class="table" tabIndex={0} role="group" aria-label="Table of tests">
        <table>
          <thead>
            <tr>
              <th scope="col">orchestration, test</th>
              <th scope="col">state</th>
              <th scope="col" class="n">
                simulated
              </th>
              <th scope="col" class="n">
                real
              </th>
              <th scope="col" class="n">
                calls
              </th>
              <th scope="col" class="n">
                failed
              </th>
              <th scope="col" class="n">
                retries
              </th>
              <th scope="col" class="n">
                cost
              </th>
              <th scope="col">checks</th>
            </tr>
          </thead>
          {groups.map(([name, all]) => (
            <Group
              key={name}
              name={name}
              tests={all}
              isOpen={groups.length < 6 || all.some(isBad) || words.length > 0}
            />
          ))}
        </table>
        {shown.length === 0 && <p class="note">No test fits the filter.</p>}
      </div>
    </section>
  )
}

const MAX_SHOWN = 200

function Group({ name, tests, isOpen }: { name: string; tests: readonly TestRow[]; isOpen: boolean }) {
  const [open, setOpen] = useState<boolean>()
  const failed = tests.filter(isBad).length
  const checks = [...new Set(tests.flatMap((test) => test.checks))]
  const opened = open ?? (isOpen && tests.length <= 40)
  const shown = tests.toSorted((a, b) => Number(isBad(b)) - Number(isBad(a))).slice(0, MAX_SHOWN)
  return (
    <tbody>
      <tr class="group">
        <th scope="rowgroup">
          <button aria-expanded={opened} onClick={() => setOpen(!opened)}>
            <span aria-hidden="true">{opened ? '▾' : '▸'}</span> {name} <small>{tests.length}</small>
          </button>
        </th>
        <td>
          {failed > 0 ? <span class="status failed">{failed} failed</span> : <span class="status passed">passed</span>}
        </td>
        <td class="n">{duration(sumOf(tests, 'simulatedMs'))}</td>
        <td class="n">{duration(sumOf(tests, 'realMs'))}</td>
        <td class="n">{count(sumOf(tests, 'calls'))}</td>
        <td class="n">{count(sumOf(tests, 'failed'))}</td>
        <td class="n">{count(sumOf(tests, 'retries'))}</td>
        <td class="n">{dollars(costOf(tests))}</td>
        <td>{checks.length > 0 ? <span class="bad">{checks.join(', ')}</span> : 'ok'}</td>
      </tr>
      {opened &&
        shown.map((test) => (
          <tr key={`${test.file} ${test.test}`}>
            <td class="test">
              {test.report !== '' ? <a href={test.report}>{test.test}</a> : test.test}
              <small>
                {test.file} · seed {test.seed}
              </small>
            </td>
            <td>
              <span class={`status ${test.state}`}>{test.state}</span>
            </td>
            <td class="n">{duration(test.simulatedMs)}</td>
            <td class="n">{duration(test.realMs)}</td>
            <td class="n">{count(test.calls)}</td>
            <td class="n">{count(test.failed)}</td>
            <td class="n">{count(test.retries)}</td>
            <td class="n">{dollars(test.cost)}</td>
            <td>{test.checks.length > 0 ? <span class="bad">{test.checks.join(', ')}</span> : ''}</td>
          </tr>
        ))}
      {opened && tests.length > MAX_SHOWN && (
        <tr>
          <td colSpan={9} class="note">
            … and {tests.length - MAX_SHOWN} more: search for them.
          </td>
        </tr>
      )}
    </tbody>
  )
}

function SweepCard({ sweep }: { sweep: SweepRow }) {
  const { orchestration, cases, failed, exercised, sometimes, rates } = sweep
  const tests = Math.max(1, rates.reduce((sum, rate) => sum + rate.tests, 0) || cases)
  const rows = [
    ...Object.entries(sometimes).map(([name, times]) => ({ name, times, isWanted: true })),
    ...Object.entries(exercised)
      .toSorted((a, b) => b[1] - a[1])
      .map(([name, times]) => ({ name, times, isWanted: false })),
  ]
  return (
    <article class="sweep">
      <h2>
        {orchestration} <small>sweep of {count(cases)} cases</small>
        <span class={failed > 0 ? 'status failed' : 'status passed'}>{failed > 0 ? `${failed} failed` : 'passed'}</span>
      </h2>
      <div class="sweep-body">
        {rates.length > 0 && <PassShare rates={rates} />}
        <div class="exercised">
          <h3>Coverage of the cases</h3>
          <ul>
            {rows.map(({ name, times, isWanted }) => (
              <li key={name} class={times === 0 ? 'never' : ''}>
                <span class="what">
                  {isWanted ? '★ ' : ''}
                  {name}
                </span>
                <i class="bar" aria-hidden="true">
                  <i style={{ width: `${(100 * times) / Math.max(tests, times)}%` }} />
                </i>
                <span class="n">{count(times)}</span>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </article>
  )
}

const [W, H, L, B, T, R] = [300, 150, 34, 26, 10, 10]

/** How many of the tests pass, by the share of calls that fail. */
function PassShare({ rates }: { rates: SweepRow['rates'] }) {
  const most = Math.max(...rates.map(({ failRate }) => failRate), 0.1)
  const x = (rate: number): number => L + (rate / most) * (W - L - R)
  const y = (share: number): number => T + (1 - share) * (H - T - B)
  const points = rates.map(({ failRate, tests, passed }) => ({
    failRate,
    tests,
    passed,
    share: passed / Math.max(1, tests),
  }))
  return (
    <figure class="pass-share">
      <figcaption>Share of tests that pass, by fail rate</figcaption>
      <svg
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={points.map((p) => `${Math.round(p.share * 100)} % pass at ${p.failRate}`).join('; ')}
      >
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line x1={L} x2={W - R} y1={y(share)} y2={y(share)} class="grid" />
            <text x={L - 6} y={y(share) + 3} text-anchor="end">
              {share * 100}%
            </text>
          </g>
        ))}
        {points.map(({ failRate }) => (
          <text key={failRate} x={x(failRate)} y={H - 8} text-anchor="middle">
            {failRate}
          </text>
        ))}
        <polyline points={points.map((p) => `${x(p.failRate)},${y(p.share)}`).join(' ')} class="curve-line" />
        {points.map(({ failRate, share, tests, passed }) => (
          <circle key={failRate} cx={x(failRate)} cy={y(share)} r="4" class={share < 1 ? 'point bad' : 'point'}>
            <title>
              {passed} of {tests} at {failRate}
            </title>
          </circle>
        ))}
      </svg>
    </figure>
  )
}
