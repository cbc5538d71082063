import { AsyncLocalStorage } from 'node:async_hooks'
import type { ServerResponse } from 'node:http'

/** Which request work is done for, whatever it waits for. */
const requests = new AsyncLocalStorage<ServerResponse>()

/** Does the work of a request: an error that nobody catches, in a timer of the work's own too, is that request's. */
export const onBehalfOf = <Result>(response: ServerResponse, work: () => Result): Result => requests.run(response, work)

/** A body in which the clients of all services find the message. */
const body = (message: string): string =>
  JSON.stringify({ type: 'error', error: { type: 'api_error', message, param: null, code: 'LONGHAUL_INTERNAL' } })

/** Ends a request by an error of ours: with 500 where nothing was sent yet, else the connection breaks. */
function fail(response: ServerResponse): void {
  if (response.destroyed || response.writableEnded) return
  if (response.headersSent) return void response.destroy()
  const text = body('longhaul could not answer this request. The log of longhaul contains the reason.')
  response
    .writeHead(500, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      connection: 'close',
    })
    .end(text)
}

/** Does a part of the work of a request; what it throws ends that request. */
export function guarded(response: ServerResponse, work: () => void, log: (text: string) => void): void {
  try {
    work()
  } catch (error) {
    log(`longhaul could not answer a request: ${String((error as Error)?.stack ?? error)}`)
    fail(response)
  }
}

/**
 * Keeps a process that serves alive: an error that nobody catches ends the request that it comes from, and no other one.
 */
export function guardProcess(log: (text: string) => void): void {
  const caught = (thrown: unknown): void => {
    log(`an uncaught error: ${String((thrown as Error)?.stack ?? thrown)}`)
    const response = requests.getStore()
    if (response) fail(response)
  }
  process.on('uncaughtException', caught)
  process.on('unhandledRejection', caught)
}
