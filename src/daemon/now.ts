import { steadyNow } from '../clock/index.ts'

/** Unix seconds, as the protocol tells them. */
export const nowInSeconds = (): number => steadyNow() / 1_000
