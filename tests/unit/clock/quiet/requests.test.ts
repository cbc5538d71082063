import { afterEach, describe, expect, test, vi } from 'vitest'
import { Requests } from '../../../../src/clock/quiet/requests.ts'

const SETTLE_MS = 2_000
afterEach(() => void vi.restoreAllMocks())

/** What Node lists as active from now on. */
const active = (...names: string[]) => vi.spyOn(process, 'getActiveResourcesInfo').mockReturnValue(names)

describe('a request of Node', () => {
  test('holds the clock as long as it exists, and is named with how many there are', () => {
    const requests = new Requests(SETTLE_MS, 0)
    active('Timeout', 'TTYWrap')
    expect(requests.look(100)).toBeUndefined()
    active('Timeout', 'GetAddrInfoReqWrap', 'FSReqPromise')
    expect(requests.look(200)).toEqual({ what: '2 request(s) such as GetAddrInfoReqWrap', since: 200 })
    active('FSReqPromise')
    expect(requests.look(90_000)).toEqual({ what: '1 request(s) such as FSReqPromise', since: 200 })
    active()
    expect(requests.look(90_001)).toBeUndefined()
    active('FSReqCallback')
    expect(requests.look(90_002)).toMatchObject({ since: 90_002 })
  })

  test.for(['FSReqCallback', 'CloseReq', 'GetNameInfoReqWrap', 'QueryReqWrap'])('such as %s is one', (name) => {
    active(name)
    expect(new Requests(SETTLE_MS, 0).look(0)?.what).toBe(`1 request(s) such as ${name}`)
  })

  test.for(['Timeout', 'TTYWrap', 'TCPServerWrap', 'PipeServerWrap', 'FSEventWrap', 'MessagePort', 'UDPWrap'])(
    'such as %s is none: it says nothing by existing',
    (name) => {
      const requests = new Requests(SETTLE_MS, 0)
      active(name, name)
      expect([requests.look(0), requests.look(1)]).toEqual([undefined, undefined])
      expect([requests.immediates, requests.sockets]).toEqual([false, false])
    },
  )

  test('is told before those on sockets, and their time goes on meanwhile', () => {
    const requests = new Requests(SETTLE_MS, 0)
    active('WriteWrap')
    expect(requests.look(100)?.since).toBe(100)
    active('WriteWrap', 'FSReqCallback', 'FSReqPromise')
    expect(requests.look(200)).toEqual({ what: '2 request(s) such as FSReqCallback', since: 200 })
    active('WriteWrap')
    expect(requests.look(2_099)).toEqual({ what: '1 write(s) or connection(s) in progress', since: 100 })
    expect(requests.look(2_100)).toBeUndefined()
    active()
    expect(requests.look(2_200)).toBeUndefined()
    active('WriteWrap')
    expect(requests.look(2_300)?.since).toBe(2_300)
  })

  test('from before the run that stays is found out, and those beside it count', () => {
    const requests = new Requests(SETTLE_MS, 1_000)
    active('FSReqCallback')
    expect(requests.look(2_999)).toBeDefined()
    expect(requests.look(3_000)).toBeUndefined()
    active('FSReqCallback', 'FSReqPromise')
    expect(requests.look(4_000)).toEqual({ what: '1 request(s) such as FSReqCallback', since: 4_000 })
  })
})

describe('a request on a socket', () => {
  test.for(['TCPConnectWrap', 'PipeConnectWrap', 'WriteWrap', 'ShutdownWrap', 'UDPSendWrap'])(
    'such as %s holds the clock for as long as a peer may take to read, and not for ever',
    (name) => {
      const requests = new Requests(SETTLE_MS, 0)
      active(name)
      expect(requests.look(5_000)).toEqual({ what: '1 write(s) or connection(s) in progress', since: 5_000 })
      expect(requests.look(6_999)).toBeDefined()
      expect(requests.look(7_000)).toBeUndefined()
      active(name, name)
      expect(requests.look(8_000)).toEqual({ what: '2 write(s) or connection(s) in progress', since: 8_000 })
    },
  )
})

test('immediates and sockets are told apart from all that', () => {
  const requests = new Requests(SETTLE_MS, 0)
  active('Immediate', 'TCPSocketWrap')
  expect(requests.look(0)).toBeUndefined()
  expect([requests.immediates, requests.sockets]).toEqual([true, true])
  active('Timeout', 'PipeWrap')
  requests.look(1)
  expect([requests.immediates, requests.sockets]).toEqual([false, true])
  active('TLSWrap')
  requests.look(2)
  expect(requests.sockets).toBe(true)
  active('TCPServerWrap')
  requests.look(3)
  expect([requests.immediates, requests.sockets]).toEqual([false, false])
})
