import { noteFormerName } from '../options/index.ts'

/** Settings of checks that were numbers of milliseconds, by the names that they had. */
export interface FormerSettings {
  /** @deprecated The former name of `delay`. */
  delayMs?: number
  /** @deprecated The former name of `grace`. */
  graceMs?: number
  /** @deprecated The former name of `handover`. */
  handoverMs?: number
  /** @deprecated The former name of `pause`. */
  pauseMs?: number
}

const FORMER = ['delayMs', 'graceMs', 'handoverMs', 'pauseMs'] satisfies (keyof FormerSettings)[] as readonly string[]

/**
 * The settings of a check by their names of today, without what is undefined. What has both names keeps the new one.
 */
export function settingsOfToday(tuned: object): object {
  const given = Object.entries(tuned).filter(([, value]) => value !== undefined)
  const former = given.filter(([name]) => FORMER.includes(name))
  const renamed = former.map(([name, value]): [string, unknown] => {
    const ofToday = name.slice(0, -'Ms'.length)
    noteFormerName(name, ofToday)
    return [ofToday, value]
  })
  return Object.fromEntries([...renamed, ...given.filter(([name]) => !FORMER.includes(name))])
}
