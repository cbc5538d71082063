import { AsyncResource } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { MemoryHandle, type SocketInside } from './memory-handle.ts'
import { realm } from './realm.ts'
import { behind } from './stand.ts'

/**
 * Remembers in whose name a request was made that a client of undici, of whatever version, keeps in a queue: it is written when the
 * one before it has been answered, and from there.
 */
export function watchSenders(): void {
  if (realm.installed.has('undici.senders')) return
  realm.installed.add('undici.senders')
  const senders = new WeakMap<object, AsyncResource>()
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: object }
    if (behind.network) senders.set(request, new AsyncResource('QueuedRequest', { requireManualDestroy: true }))
  })
  subscribe('undici:client:sendHeaders', (message) => {
    const { request, socket } = message as { request: object; socket: Socket }
    const handle = (socket as SocketInside)._handle
    if (handle instanceof MemoryHandle) handle.sender = senders.get(request)
  })
}
