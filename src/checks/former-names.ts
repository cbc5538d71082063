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
  const former = given.flatMap(([name, value]) => (FORMER.includes(name) ? [[name.slice(0, -2), value]] : []))
  return Object.fromEntries([...former, ...given.filter(([name]) => !FORMER.includes(name))])
}
