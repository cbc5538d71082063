import { describe, expect, test } from 'vitest'
import { InvalidNetworkError } from 'longhaul'
import { plainHost } from '../../../src/doors/index.ts'
import { reachable } from '../../../src/mount/allowed.ts'

const reaches = (allow: readonly string[], host: string, port: number | '' = 443): boolean =>
  reachable(allow).some((pattern) => new RegExp(pattern).test(`${plainHost(host)}:${port}`))

describe('this machine is always reached', () => {
  test.each([
    'localhost',
    'LOCALHOST.',
    'api.localhost',
    'localhost.localdomain',
    'localhost6',
    'ip6-localhost',
    'ip6-loopback',
    '127.0.0.1',
    '127.8.9.10',
    '0.0.0.0',
    '::1',
    '[::1]',
    '::',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
  ])('%s', (host) => expect(reaches([], host)).toBe(true))

  test.each([
    'example.com',
    'localhost.example.com',
    'notlocalhost',
    '128.0.0.1',
    '10.0.0.5',
    '192.168.1.1',
    '169.254.169.254',
    '::2',
    '2001:db8::1',
    'fe80::1%eth0',
    '127.0.0.1.example.com',
  ])('and %s is not', (host) => expect(reaches([], host)).toBe(false))
})

describe('hosts that a test allows', () => {
  test.each<[allow: string, host: string, port: number | '', reached: boolean]>([
    ['api.example.com', 'api.example.com', 443, true],
    ['API.Example.com', 'api.EXAMPLE.com.', 80, true],
    ['api.example.com', 'x.api.example.com', 443, false],
    ['api.example.com', 'apixexample.com', 443, false],
    ['*.example.com', 'a.example.com', 443, true],
    ['*.example.com', 'a.b.example.com', 443, true],
    ['*.example.com', 'example.com', 443, false],
    ['*.example.com', 'evilexample.com', 443, false],
    ['db.example.com:5432', 'db.example.com', 5432, true],
    ['db.example.com:5432', 'db.example.com', 543, false],
    ['db.example.com:5432', 'db.example.com', 15432, false],
    // A name that is looked up has no port yet.
    ['db.example.com:5432', 'db.example.com', '', true],
    ['10.0.0.5', '10.0.0.5', 9000, true],
    ['10.0.0.5', '10.0.0.50', 9000, false],
    ['10.0.0.5:6379', '10.0.0.5', 6379, true],
    ['2001:db8::1', '2001:db8::1', 443, true],
    ['[2001:db8::1]:8080', '[2001:db8::1]', 8080, true],
    ['[2001:db8::1]:8080', '2001:db8::1', 443, false],
    ['*', 'anything.example', 1, true],
  ])('%s, asked for %s on port %s: %s', (allow, host, port, reached) =>
    expect(reaches([allow], host, port)).toBe(reached),
  )

  test.each([
    '',
    ' ',
    'https://example.com',
    'example.com/path',
    'a b',
    'a*.example.com',
    '*.*.com',
    'host:port',
    undefined,
  ])('%j names no host', (name) => expect(() => reachable([name as string])).toThrow(InvalidNetworkError))
})
