import { isEffect, type Definition } from '../statement.ts'
import type { Op } from '../run.ts'
import type { Statement } from '../tree.ts'
import { aggregate } from './aggregate.ts'
import { ask } from './ask.ts'
import { assert } from './assert.ts'
import { break_ } from './break.ts'
import { broadcast } from './broadcast.ts'
import { call } from './call.ts'
import { check } from './check.ts'
import { checkpoint } from './checkpoint.ts'
import { collect } from './collect.ts'
import { completion } from './completion.ts'
import { continue_ } from './continue.ts'
import { converse } from './converse.ts'
import { coordinate } from './coordinate.ts'
import { emit } from './emit.ts'
import { events } from './events.ts'
import { for_ } from './for.ts'
import { forEach } from './for-each.ts'
import { gather } from './gather.ts'
import { guarded } from './guarded.ts'
import { if_, when } from './if.ts'
import { log } from './log.ts'
import { parallel } from './parallel.ts'
import { process } from './process.ts'
import { query } from './query.ts'
import { retry } from './retry.ts'
import { return_ } from './return.ts'
import { send } from './send.ts'
import { set } from './set.ts'
import { spawn } from './spawn.ts'
import { stage } from './stage.ts'
import { terminate } from './terminate.ts'
import { track } from './track.ts'
import { try_ } from './try.ts'
import { wait } from './wait.ts'
import { waitFor } from './wait-for.ts'
import { while_ } from './while.ts'

/** Statements with a block of their own, in the order of the documented grammar. */
export const COMPOUND: readonly Definition[] = [stage, if_, when, for_, while_, parallel, retry, try_]

/** Statements of one line. */
export const SIMPLE: readonly Definition[] = [
  ask,
  set,
  completion,
  call,
  events,
  gather,
  collect,
  process,
  spawn,
  terminate,
  send,
  broadcast,
  emit,
  track,
  query,
  aggregate,
  coordinate,
  wait,
  checkpoint,
  return_,
  log,
  assert,
  break_,
  continue_,
]

/** Statements that others read. */
const READ_ELSEWHERE: readonly Definition[] = [guarded, waitFor, forEach, check, converse]

const ALL = [...COMPOUND, ...SIMPLE, ...READ_ELSEWHERE]
const BY_KIND: ReadonlyMap<string, Definition> = new Map(
  // WHEN is an IF.
  ALL.filter((definition) => definition !== when).map((definition) => [definition.kind, definition]),
)

/** Everything about a statement. */
export function definitionOf({ kind }: Pick<Statement, 'kind'>): Definition {
  const found = BY_KIND.get(kind)
  if (found) return found
  throw new Error(`There is no statement of the kind "${kind}".`)
}

/** How each statement is written, by its first word, for errors and the documentation. */
export const FORMS: Readonly<Record<string, string>> = Object.assign({}, ...ALL.map(({ forms }) => forms)) as Record<
  string,
  string
>

/** How instructions of statements are executed, by name. */
export const OPS: Readonly<Record<string, Op>> = Object.assign(
  Object.create(null) as Record<string, Op>,
  ...ALL.map(({ does }) => (isEffect(does) ? {} : (does.ops ?? {}))),
) as Record<string, Op>

/** What SPAWN may be given. */
export const SPAWN_OPTIONS: readonly string[] = Object.keys(spawn.options!.table)
