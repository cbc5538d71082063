import { inject } from 'vitest'
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
