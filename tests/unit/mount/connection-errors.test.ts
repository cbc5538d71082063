import { request } from 'node:http'
import { expect, test } from 'vitest'
import { connectionError, fetchCause, targetOf } from '../../../src/mount/connection-errors.ts'

const target = { host: 'api.example.com', port: 443 }
type SystemError = Error & Record<string, unknown>

/** The fields of an error that programs read, beside where it happened. */
const shapeOf = (error: SystemError) => ({
  fields: Object.keys(error).toSorted(),
  message: error.message.replace(/ [\d.:]+$/, ''),
  errno: error['errno'],
  code: error['code'],
  syscall: error['syscall'],
})

test('a refused connection is told as Node tells of a port at which nothing listens', async () => {
  const real = await new Promise<SystemError>((resolve) =>
    request('http://127.0.0.1:1/')
      .on('error', (error) => resolve(error as SystemError))
      .end(),
  )
  expect(shapeOf(connectionError('ECONNREFUSED', target) as SystemError)).toEqual(shapeOf(real))
})

test('a name without an address, and one that cannot be looked up, are told as by getaddrinfo', () => {
  expect(connectionError('ENOTFOUND', target)).toMatchObject({
    message: 'getaddrinfo ENOTFOUND api.example.com',
    errno: -3008,
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: 'api.example.com',
  })
  expect(connectionError('EAI_AGAIN', target)).toMatchObject({ code: 'EAI_AGAIN', errno: -3001 })
})

test('a connection that is not made in time has a limit of its own in fetch', () => {
  expect(connectionError('ETIMEDOUT', target)).toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect', port: 443 })
  expect(fetchCause('ETIMEDOUT', target)).toMatchObject({
    name: 'ConnectTimeoutError',
    code: 'UND_ERR_CONNECT_TIMEOUT',
    message: 'Connect Timeout Error (attempted address: api.example.com:443, timeout: 10000ms)',
  })
  expect(fetchCause('CERT_HAS_EXPIRED', target)).toMatchObject({ code: 'CERT_HAS_EXPIRED' })
})

test.each([
  ['https://api.example.com/v1', { host: 'api.example.com', port: 443 }],
  ['http://api.example.com/v1', { host: 'api.example.com', port: 80 }],
  ['http://127.0.0.1:8080/', { host: '127.0.0.1', port: 8_080 }],
])('%s leads to %j', (url, expected) => {
  expect(targetOf(url)).toEqual(expected)
})
