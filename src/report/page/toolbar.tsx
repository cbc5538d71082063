import type { Ref } from 'preact'
import { OUTCOMES } from '../model/data.ts'
import { NO_FILTER, type Filter } from './filter.ts'
import { count } from './format.ts'
import type { Run } from './run.ts'
import type { View } from './view.ts'

interface ToolbarProps {
  run: Run
  view: View
  filter: Filter
  onFilter: (filter: Filter) => void
  fitting: number
  withMessages: boolean
  onMessages: () => void
  searchRef: Ref<HTMLInputElement>
  onHelp: () => void
}

/** Search, filters, and what is shown. */
export function Toolbar(props: ToolbarProps) {
  const { run, view, filter, onFilter, fitting, withMessages, onMessages, searchRef, onHelp } = props
  const { calls, strings, messages } = run.model
  const models = [...new Set(calls.model)].map((model) => strings[model]!).filter((name) => name !== '')
  const toggle = (code: number): void => {
    const hidden = new Set(filter.hidden)
    if (!hidden.delete(code)) hidden.add(code)
    onFilter({ ...filter, hidden })
  }
  return (
    <div class="toolbar" role="group" aria-label="Filters">
      <input
        ref={searchRef}
        type="search"
        placeholder="Search: agent, model, fault, #12  ( / )"
        aria-label="Search calls"
        value={filter.text}
        onInput={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
      />
      <select
        aria-label="Agent"
        value={filter.agent}
        onChange={(event) => onFilter({ ...filter, agent: event.currentTarget.value })}
      >
        <option value="">all agents</option>
        {run.lanes.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      {models.length > 1 && (
        <select
          aria-label="Model"
          value={filter.model}
          onChange={(event) => onFilter({ ...filter, model: event.currentTarget.value })}
        >
          <option value="">all models</option>
          {models.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <div class="chips" role="group" aria-label="Outcomes">
        {OUTCOMES.map((name, code) =>
          run.counts[code]! > 0 ? (
            <button
              key={name}
              aria-pressed={!filter.hidden.has(code)}
              class={`chip ${name}`}
              onClick={() => toggle(code)}
            >
              <i class={`dot ${name}`} />
              {name} <em>{count(run.counts[code]!)}</em>
            </button>
          ) : null,
        )}
        {messages.at.length > 0 && (
          <button class="chip" aria-pressed={withMessages} onClick={onMessages}>
            ↓ messages <em>{count(messages.at.length)}</em>
          </button>
        )}
      </div>
      <span class="fitting" role="status">
        {fitting === run.size ? '' : `${count(fitting)} of ${count(run.size)} calls`}
        {fitting !== run.size && (
          <button class="link" onClick={() => onFilter(NO_FILTER)}>
            clear
          </button>
        )}
      </span>
      <span class="zoom">
        <button aria-label="Zoom in" onClick={() => view.zoom(0.5)}>
          +
        </button>
        <button aria-label="Zoom out" onClick={() => view.zoom(2)}>
          −
        </button>
        <button onClick={() => view.whole()}>Fit</button>
        <button aria-label="Keys" onClick={onHelp}>
          ?
        </button>
      </span>
    </div>
  )
}
