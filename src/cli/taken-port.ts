import { once } from 'node:events'
import { createServer } from 'node:net'

const HOST = '127.0.0.1'

/** Thrown when another server already listens on the port. */
class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
  readonly code = 'LONGHAUL_PORT_TAKEN'
  constructor(port: number, advice: string, host = HOST) {
    super(`Port ${port} of ${host} is already in use. ${advice}`)
  }
}

/** The error of a server that could not listen, in words if the port is taken. */
export const listenError = (error: unknown, port: number, advice: string, host?: string): unknown =>
  (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortTakenError(port, advice, host) : error

/**
 * Refuses a port that is taken before another process is started that would serve there.
 *
 * @throws PortTakenError
 */
export async function refuseTaken(port: number, advice: string): Promise<void> {
  if (port === 0) return
  const server = createServer()
  server.listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, port, advice)
  }
  server.close()
  await once(server, 'close')
}
