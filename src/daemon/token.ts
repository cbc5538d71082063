import { randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'

const BYTES = 24
const TOKEN = /^[0-9a-f]{48}$/
const OTHERS = 0o077

/** A token that nobody can guess. */
export const newToken = (): string => randomBytes(BYTES).toString('hex')

/** The token that is kept in a file for its owner only; a new one where there is none, or where others could have read it. */
export function keptToken(file: string): string {
  try {
    const token = readFileSync(file, 'utf8').trim()
    if ((statSync(file).mode & OTHERS) === 0 && TOKEN.test(token)) return token
  } catch {
    // There is none yet.
  }
  const token = newToken()
  rmSync(file, { force: true })
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
  return token
}

/** Whether one of those that were given is the token. How long that takes tells nothing. */
export function hasToken(given: readonly string[], token: string): boolean {
  const wanted = Buffer.from(token)
  return given.some((each) => {
    const bytes = Buffer.from(each)
    return bytes.length === wanted.length && timingSafeEqual(bytes, wanted)
  })
}
