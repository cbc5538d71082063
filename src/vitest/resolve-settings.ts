import { inject } from 'vitest'
import { defaultEpoch, epochAlone } from '../clock/index.ts'
import { caseSettings, type Case } from '../explore/index.ts'
import {
  joinSettings,
  settingsFromEnvironment,
  type RunSettings,
  type ResolvedRunSettings,
} from '../simulation/settings.ts'

declare module 'vitest' {
  interface ProvidedContext {
    longhaul?: RunSettings
  }
}

/**
 * The settings in force for those of a file: the plugin's go before them, the environment's before both, and a case's
 * before all.
 */
export const resolveSettings = (options: RunSettings, of?: Case): ResolvedRunSettings =>
  joinSettings(
    options,
    inject('longhaul') ?? {},
    settingsFromEnvironment(process.env),
    of === undefined ? {} : caseSettings(of),
  )

/**
 * Settings of a test with its date, if it differs from the date of the same test alone: an earlier test of the file has
 * run past it. The command that repeats the test needs it.
 *
 * @param given the date of the options or the case
 * @param place of the test in its file, from 0
 */
export function withDate(settings: ResolvedRunSettings, given: number | undefined, place: number): ResolvedRunSettings {
  if (settings.epoch !== undefined || given !== undefined || settings.time.kind === 'real') return settings
  const epoch = defaultEpoch(place)
  return epoch === epochAlone(place) ? settings : { ...settings, epoch }
}
