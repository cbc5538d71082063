import { LOOPBACK, plainHost } from '../doors/index.ts'

const OWN = new RegExp(`^${LOOPBACK}$`)
/** Not one address, but all that a machine has. */
const ALL: readonly string[] = ['0.0.0.0', '::']

/** Whether only this machine can reach what listens on an address. */
export const isPrivate = (listensAt: string): boolean =>
  OWN.test(plainHost(listensAt)) && !ALL.includes(plainHost(listensAt))

/**
 * Whether a server that listens on an address may answer a request for a host. A page of elsewhere that has its own name
 * point to this machine (DNS rebinding) sends that name along. Who listens for others has names that it does not know.
 *
 * @param host as the header says it
 */
export function mayAnswer(host: string | undefined, listensAt: string): boolean {
  if (host === undefined || !isPrivate(listensAt)) return true
  const name = plainHost(host.replace(/:\d*$/, ''))
  return OWN.test(name) || name === plainHost(listensAt)
}
