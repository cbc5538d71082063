import { millisecondsOf, textOf, type Json, type Options } from '../../strategy/index.ts'
import { deadlineIn } from '../service/deadline.ts'
import { fitsPattern } from '../team/bus.ts'
import { recipientsOf } from '../team/recipients.ts'
import type { EffectDependencies } from './dependencies.ts'

/** Waits for events of agents. Whoever of them is told something meanwhile answers to it. */
export async function awaitEvents(
  options: Options,
  { team, settings, signal, background, effect, elapsedMs, heard, recipients }: EffectDependencies,
): Promise<Json> {
  const {
    from,
    event_pattern: pattern = 'agent:response',
    min_responses: least,
    max_responses: most,
    timeout,
    collect_partial: partial,
  } = options
  const senders =
    from === undefined || from === null ? undefined : from === 'strategy' ? [from] : recipientsOf(from, recipients)
  for (const sender of senders ?? []) if (sender !== 'strategy') team.find(sender)
  const wanted = Number(most ?? least ?? senders?.length ?? 1)
  const enough = least === undefined ? Number.POSITIVE_INFINITY : Number(least)
  const asked = new Map<string, number>()
  const end = deadlineIn(
    Math.max(0, (timeout === undefined ? settings.gatherTimeoutMs : millisecondsOf(timeout)) - elapsedMs),
    'deadline',
    `AWAIT ${textOf(pattern)}`,
    [signal],
  )
  const asking = (name: string): void => {
    if ((senders && !senders.includes(name)) || !team.isAlive(name)) return
    const nth = (asked.get(name) ?? 0) + 1
    asked.set(name, nth)
    background(
      team.requestAnswer(name, undefined, { signal: end.signal, effect, question: `${name} ${nth}` }).catch(() => {}),
    )
  }
  const stopDelivery = team.onDelivery(asking)
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = team.bus.listen((event) => {
        if (!fitsPattern(textOf(pattern), event.event) || (senders && !senders.includes(event.from))) return
        heard.push(event)
        if (heard.length >= wanted) done()
      })
      const done = (): void => {
        stop()
        resolve()
      }
      end.signal.addEventListener(
        'abort',
        () => {
          stop()
          if ((partial || heard.length >= enough) && !signal.aborted) resolve()
          else reject(end.signal.reason)
        },
        { once: true },
      )
      for (const { answer } of team.answersBefore(effect)) asked.set(answer.agent, (asked.get(answer.agent) ?? 0) + 1)
      if (heard.length >= wanted) return done()
      if (end.signal.aborted) {
        stop()
        return reject(end.signal.reason)
      }
      for (const { name, inbox } of team.agents.values()) if (inbox.length > 0) asking(name)
    })
  } finally {
    stopDelivery()
    end.clear()
  }
  return heard.map((event) => ({ ...event }))
}
