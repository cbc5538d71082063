import { render } from 'preact'
import { useState } from 'preact/hooks'
import type { ReportFile } from '../model/data.ts'
import { Top } from './header.tsx'
import { LivePage } from './live.tsx'
import { loadFile } from './load.ts'
import { PredictionsPage } from './predictions.tsx'
import { RunPage } from './run-page.tsx'
import { SuitePage } from './suite.tsx'
import './style.css'
import { useTheme } from './theme.ts'

/** Beside one another. */
const BOTH = -1
const MAX_TABS = 4

function RunsPage({ file }: { file: Extract<ReportFile, { kind: 'runs' }> }) {
  const { runs, index, title } = file
  const [theme, onTheme] = useTheme()
  const [shown, setShown] = useState(0)
  const isPair = runs.length === 2
  const run = runs[Math.max(0, shown)]!
  return (
    <main>
      <Top title={title} status={run.status} replay={run.replay} {...{ index, theme, onTheme }} />
      {runs.length > 1 && runs.length <= MAX_TABS && (
        <div class="switch" role="group" aria-label="Runs">
          {runs.map(({ label }, nth) => (
            <button key={nth} aria-pressed={shown === nth} onClick={() => setShown(nth)}>
              {label}
            </button>
          ))}
          {isPair && (
            <button aria-pressed={shown === BOTH} onClick={() => setShown(BOTH)}>
              Side by side
            </button>
          )}
        </div>
      )}
      {runs.length > MAX_TABS && (
        <label class="switch">
          Run{' '}
          <select value={shown} onChange={(event) => setShown(Number(event.currentTarget.value))}>
            {runs.map(({ label, status }, nth) => (
              <option key={nth} value={nth}>
                {label} ({status})
              </option>
            ))}
          </select>
        </label>
      )}
      {shown === BOTH ? (
        <div class="pair">
          {runs.map((model) => (
            <div key={model.label}>
              <h2>{model.label}</h2>
              <RunPage model={model} theme={theme} isCompact />
            </div>
          ))}
        </div>
      ) : (
        <RunPage key={shown} model={run} theme={theme} />
      )}
    </main>
  )
}

function WholePage({ file }: { file: Extract<ReportFile, { kind: 'suite' }> }) {
  const [theme, onTheme] = useTheme()
  const failed = file.tests.some(({ state }) => state === 'failed')
  return (
    <main>
      <Top title={file.title} status={failed ? 'failed' : 'passed'} {...{ theme, onTheme }} />
      <SuitePage suite={file} />
      <footer>{file.madeAt}</footer>
    </main>
  )
}

function ForecastPage({ file }: { file: Extract<ReportFile, { kind: 'predictions' }> }) {
  const [theme, onTheme] = useTheme()
  return (
    <main>
      <Top title={file.title} {...{ theme, onTheme }} />
      <PredictionsPage rows={file.rows} />
      <footer>{file.madeAt}</footer>
    </main>
  )
}

const app = document.getElementById('app')!
try {
  const file = await loadFile()
  if (file.kind === 'runs') render(<RunsPage file={file} />, app)
  else if (file.kind === 'suite') render(<WholePage file={file} />, app)
  else if (file.kind === 'predictions') render(<ForecastPage file={file} />, app)
  else render(<LivePage url={file.url} title={file.title} />, app)
  // When there is a picture, for who waits for one. Milliseconds since the page was asked for.
  const isDrawn = (): void => void (document.documentElement.dataset['ready'] = String(Math.round(performance.now())))
  requestAnimationFrame(() => requestAnimationFrame(isDrawn))
} catch (error) {
  render(<p class="broken">This report cannot be shown: {String(error)}</p>, app)
}
