import type { ComponentChildren } from 'preact'
import { HEDGED, LEFT, OUTCOMES, STREAMED } from '../model/data.ts'
import { clock, count, dollars, duration } from './format.ts'
import type { Run } from './run.ts'

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

interface DetailsProps {
  run: Run
  row: number
  onSelect: (row: number | undefined) => void
}

/** Everything that is known of one call. */
export function Details({ run, row, onSelect }: DetailsProps) {
  const { calls, gathers, strings, findings, said } = run.model
  const outcome = OUTCOMES[run.outcome[row]!]!
  const flags = calls.flags[row]!
  const took = calls.took[row]!
  const [waited, first] = [calls.waited[row]!, calls.firstToken[row]!]
  const link = (to: number, text: string) => (
    <button class="link" onClick={() => onSelect(to)}>
      {text} {run.number[to]}
    </button>
  )
  const { agent } = { agent: calls.agent[row]! }
  const repeats = calls.repeats[row]! > 0 ? row - calls.repeats[row]! : undefined
  const goesOn = calls.goesOn[row]! > 0 ? row - calls.goesOn[row]! : undefined
  const repeatedBy = run.repeatedBy(row)
  const goOn = run.goOnFrom(row)
  const [at, end] = [run.at[row]!, run.end[row]!]
  const within = gathers.filter(
    (gather) =>
      gather.expected.includes(agent) &&
      at >= gather.at &&
      at < gather.at + (gather.took < 0 ? Infinity : Math.max(1, gather.took)),
  )
  const about = findings.filter((finding) => finding.calls.includes(row))
  const text = said.find((each) => each.row === row)
  return (
    <div class="details">
      <h3>
        <i class={`dot ${outcome}`} /> Call {run.number[row]} <span class={`tag ${outcome}`}>{outcome}</span>
        <button class="close" aria-label="Close the call" onClick={() => onSelect(undefined)}>
          ✕
        </button>
      </h3>
      {took > 0 && (
        <div class="phases" aria-hidden="true">
          {waited > 0 && <i class="wait" style={{ flexGrow: waited }} title={`queued for ${duration(waited)}`} />}
          {first > 0 && (
            <i
              class="first"
              style={{ flexGrow: Math.max(0, first - waited) }}
              title={`first token after ${duration(first)}`}
            />
          )}
          <i class={`rest ${outcome}`} style={{ flexGrow: took - Math.max(first, waited, 0) }} />
        </div>
      )}
      <dl>
        <Row name="Agent">{run.text('agent', row)}</Row>
        <Row name="Model">
          {run.text('model', row)} <small>{run.text('provider', row)}</small>
        </Row>
        <Row name="From – to">
          {clock(at)} – {took < 0 ? 'no end in the trace' : clock(end)}
        </Row>
        <Row name="Took">
          {duration(end - at)}
          {waited > 0 && <small> {duration(waited)} in the queue</small>}
          {first > 0 && <small> first token after {duration(first)}</small>}
        </Row>
        {calls.fault[row]! > 0 && (
          <Row name="Fault">
            {run.text('fault', row)}
            {calls.message[row]! > 0 && <q>{run.text('message', row)}</q>}
          </Row>
        )}
        {calls.finish[row]! > 0 && <Row name="Finish">{run.text('finish', row)}</Row>}
        {calls.retryAfter[row]! >= 0 && <Row name="retry-after">{duration(calls.retryAfter[row]!)}</Row>}
        {calls.retryIn[row]! >= 0 && <Row name="Retried after">{duration(calls.retryIn[row]!)}</Row>}
        <Row name="Input">
          {count(calls.input[row]!)} tokens
          {calls.cachedInput[row]! > 0 && <small> {count(calls.cachedInput[row]!)} from the cache</small>}
          {calls.cacheWrite[row]! > 0 && <small> {count(calls.cacheWrite[row]!)} into the cache</small>}
        </Row>
        <Row name="Output">
          {count(calls.output[row]!)} tokens
          {calls.reasoning[row]! > 0 && <small> {count(calls.reasoning[row]!)} for reasoning</small>}
        </Row>
        <Row name="Cost">{dollars(calls.cost[row]!)}</Row>
        <Row name="Conversation">
          {run.text('conversation', row)} <small>turn {calls.turn[row]}</small>
        </Row>
        {(flags & (STREAMED | HEDGED | LEFT)) > 0 && (
          <Row name="Kind">
            {[
              ...(flags & STREAMED ? ['streamed'] : []),
              ...(flags & HEDGED ? ['hedged'] : []),
              ...(flags & LEFT ? ['its clients disconnected'] : []),
            ].join(', ')}
          </Row>
        )}
        <Row name="Causes">
          {repeats !== undefined && <p>{link(repeats, `attempt ${calls.attempt[row]}, retries call`)}</p>}
          {goesOn !== undefined && <p>{link(goesOn, 'uses the answer to call')}</p>}
          {within.map((gather) => (
            <p key={gather.at}>
              requested by gather {strings[gather.name]}, started at {clock(gather.at)}
            </p>
          ))}
          {repeats === undefined && goesOn === undefined && within.length === 0 && <p>none in the trace</p>}
        </Row>
        <Row name="Effects">
          {repeatedBy !== undefined && <p>{link(repeatedBy, 'retried by call')}</p>}
          {goOn.map((next) => (
            <p key={next}>{link(next, 'answer used by call')}</p>
          ))}
          {repeatedBy === undefined && goOn.length === 0 && <p>none in the trace</p>}
        </Row>
        {about.map(({ check, what }, nth) => (
          <Row key={nth} name="Finding">
            <b class="bad">{check}</b> {what}
          </Row>
        ))}
      </dl>
      {text ? (
        <>
          <h4>Prompt</h4>
          <pre>{text.prompt}</pre>
          <h4>Answer</h4>
          <pre>{text.answer}</pre>
        </>
      ) : (
        <p class="note">
          The trace does not contain the prompt and the answer. Set trace: {'{ contents: true }'}, or trace_enabled in a
          pattern, to keep both.
        </p>
      )}
      <div class="pager">
        <button disabled={row === 0} onClick={() => onSelect(row - 1)}>
          ← previous
        </button>
        <button disabled={row === run.size - 1} onClick={() => onSelect(row + 1)}>
          next →
        </button>
      </div>
    </div>
  )
}
