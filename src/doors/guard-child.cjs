// Loaded by `--require` into Node processes and workers that a test starts. Plain CommonJS without imports of ours: it has to cost
// little, and to run in whatever Node the child is. (The doors of time and chance can be hung from here too.)
'use strict'

const { appendFileSync, constants, openSync, readFileSync } = require('node:fs')

/** The folder in which the test says what may be reached, and reads what was refused. */
const folder = process.env.LONGHAUL_GUARD ?? require('node:worker_threads').getEnvironmentData('longhaul.guard')
const HUNG = Symbol.for('longhaul.guard.1')

/** What may be reached now, or nothing while no run is in force. */
function rules() {
  try {
    const { pass } = JSON.parse(readFileSync(`${folder}/rules.json`, 'utf8'))
    return pass.map((text) => new RegExp(text, 'i'))
  } catch {
    return undefined
  }
}

/** A host without what differs in spelling alone. */
const plain = (host) =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/\.$/, '')

const isRefused = (host, port) => {
  const allowed = rules()
  return allowed !== undefined && !allowed.some((rule) => rule.test(`${plain(host)}:${port ?? ''}`))
}

/** Puts a refusal on the record of the test, and makes the error of it. */
function refusal(host, port, method, path) {
  const target = `${plain(host)}${port ? `:${port}` : ''}`
  const program = process.argv[1] ?? 'node'
  try {
    appendFileSync(
      `${folder}/refused.ndjson`,
      `${JSON.stringify({ host: plain(host), port, method, path, program })}\n`,
    )
  } catch {
    // The test is over.
  }
  const error = new Error(
    `${target} is outside of the test that started this process, and was not called: point the client at a server of longhaul ` +
      `(startServer), or allow the host with network: { allow: ['${plain(host)}'] }.`,
  )
  error.name = 'UnmountedProviderError'
  error.code = 'LONGHAUL_UNMOUNTED_PROVIDER'
  return error
}

/** Where a proxy is asked to go, by HTTP or by SOCKS 5, if that is what is written. */
function askedOfProxy(first) {
  const letter = typeof first === 'string' ? first.charCodeAt(0) : first?.[0]
  if (letter === 5 && typeof first !== 'string') return askedBySocks(Buffer.from(first))
  if (!(letter >= 65 && letter <= 90)) return undefined
  const text = typeof first === 'string' ? first.slice(0, 400) : Buffer.from(first).toString('latin1', 0, 400)
  const [, tunnel, whole] = /^(?:CONNECT ([^\s/]+:\d+) |[A-Z]+ (https?:\/\/[^\s/?#]+))/.exec(text) ?? []
  if (!tunnel && !whole) return undefined
  const url = new URL(whole ?? `http://${tunnel}`)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return { host: url.hostname, port, method: text.slice(0, text.indexOf(' ')) }
}

function askedBySocks(bytes) {
  const [, command, reserved, kind, first] = bytes
  if (command !== 1 || reserved !== 0 || ![1, 3, 4].includes(kind)) return undefined
  const [from, length] = kind === 3 ? [5, first] : [4, kind === 1 ? 4 : 16]
  if (bytes.length !== from + length + 2) return undefined
  const address = bytes.subarray(from, from + length)
  const groups = () => address.toString('hex').match(/.{4}/g).join(':')
  const host = kind === 3 ? address.toString('latin1') : kind === 1 ? address.join('.') : groups()
  return { host, port: bytes.readUInt16BE(from + length), method: 'CONNECT' }
}

function replace(target, name, make) {
  const real = target?.[name]
  if (typeof real !== 'function') return
  const door = make(real)
  Object.defineProperty(door, 'name', { value: real.name, configurable: true })
  Object.defineProperty(door, 'length', { value: real.length, configurable: true })
  target[name] = door
}

function hang() {
  const net = require('node:net')
  const { isIP, Socket } = net
  const wanted = new WeakMap()
  /** TEST-NET-1 (RFC 5737): stands for a name that must not be looked up; nothing is ever sent there. */
  const NOWHERE = '192.0.2.0'
  const lookup = (_name, options, found) =>
    process.nextTick(() => (options.all ? found(null, [{ address: NOWHERE, family: 4 }]) : found(null, NOWHERE, 4)))

  // Names are not looked up …
  replace(Socket.prototype, 'connect', (real) => {
    return function connect(...given) {
      const ordered = Array.isArray(given[0]) ? given[0] : net._normalizeArgs(given)
      const options = ordered[0]
      if (!options || typeof options !== 'object' || options.path) return Reflect.apply(real, this, given)
      if (!isHung) hangHandles()
      const host = options.host ?? 'localhost'
      wanted.set(this, { host, port: Number(options.port) })
      if (isIP(host) === 0 && isRefused(host, Number(options.port))) ordered[0] = { ...options, lookup }
      return Reflect.apply(real, this, [ordered])
    }
  })

  // … and connections are refused at the last step, where those that somebody answers within the process do not come by.
  let isHung = false
  function hangHandles() {
    isHung = true
    // A socket that is about to look up a name has a handle.
    const socket = new Socket()
    socket.connect({ host: 'localhost', port: 1, lookup: () => {} })
    const owner = Object.getOwnPropertySymbols(socket._handle).find(({ description }) => description === 'owner_symbol')
    const prototype = Object.getPrototypeOf(socket._handle)
    socket.destroy()
    for (const name of ['connect', 'connect6']) replace(prototype, name, (real) => handleDoor(real, owner))
  }
  const handleDoor = (real, owner) =>
    function (request, address, port) {
      const socket = this[owner]
      const target = (socket && wanted.get(socket)) ?? { host: address, port }
      if (!socket || !isRefused(target.host, target.port)) return Reflect.apply(real, this, [request, address, port])
      const error = refusal(target.host, target.port, 'CONNECT', '')
      process.nextTick(() => socket.destroy(error))
      return 0
    }

  // A proxy on this machine is not asked for the world outside either.
  replace(Socket.prototype, '_writeGeneric', (real) => {
    return function (several, data, encoding, done) {
      const target = this.connecting ? undefined : askedOfProxy(Array.isArray(data) ? data[0]?.chunk : data)
      if (!target || !isRefused(target.host, target.port))
        return Reflect.apply(real, this, [several, data, encoding, done])
      const error = refusal(target.host, target.port, target.method, '')
      process.nextTick(() => this.destroy(error))
      return undefined
    }
  })

  const dns = require('node:dns')
  const places = [dns, dns.Resolver.prototype, dns.promises, dns.promises.Resolver.prototype]
  const kinds = ['', '4', '6', 'Any', 'Caa', 'Cname', 'Mx', 'Naptr', 'Ns', 'Ptr', 'Soa', 'Srv', 'Tlsa', 'Txt']
  for (const name of ['lookup', ...kinds.map((kind) => `resolve${kind}`)])
    for (const [index, place] of places.entries())
      replace(place, name, (real) => {
        return function (...given) {
          const host = given[0]
          if (typeof host !== 'string' || host === '' || isIP(host) !== 0 || !isRefused(host))
            return Reflect.apply(real, this, given)
          const error = refusal(host, undefined, 'LOOKUP', '')
          if (index > 1) return Promise.reject(error)
          if (typeof given.at(-1) === 'function') process.nextTick(given.at(-1), error)
          return {}
        }
      })

  const datagrams = require('node:dgram').Socket.prototype
  for (const name of ['send', 'connect'])
    replace(datagrams, name, (real) => {
      return function (...given) {
        const sliced =
          name === 'send' && typeof given[1] === 'number' && typeof given[2] === 'number' && given.length > 3
        const [port, host] = name === 'connect' ? given : sliced ? given.slice(3) : given.slice(1)
        if (typeof host !== 'string' || host === '' || !isRefused(host, Number(port)))
          return Reflect.apply(real, this, given)
        const error = refusal(host, Number(port), 'UDP', '')
        if (typeof given.at(-1) === 'function') process.nextTick(given.at(-1), error)
        else process.nextTick(() => this.emit('error', error))
        return undefined
      }
    })
  require('node:module').syncBuiltinESMExports()
}

/** How often a process looks whether the one with which it ends is still there, where the system does not tell. Milliseconds. */
const LOOK_EVERY_MS = 500

const end = () => process.kill(process.pid, 'SIGKILL')

/** Ends this process as soon as another one is gone, which can no longer end it. */
function endWith(pid, lifeline) {
  if (lifeline && holdOn(lifeline)) return
  const look = () => {
    try {
      process.kill(pid, 0)
    } catch ({ code }) {
      if (code === 'ESRCH') end()
    }
  }
  setInterval(look, LOOK_EVERY_MS).unref()
}

/** Waits for the end of a pipe that the other process alone holds open: a timer would look like work of this process. */
function holdOn(lifeline) {
  try {
    const fd = openSync(lifeline, constants.O_RDONLY | constants.O_NONBLOCK)
    const { Socket } = require('node:net')
    new Socket({ fd, readable: true, writable: false }).on('error', end).on('end', end).resume().unref()
    return true
  } catch {
    return false
  }
}

if (folder && !globalThis[HUNG]) {
  globalThis[HUNG] = true
  if (process.env.LONGHAUL_ENDS_WITH && require('node:worker_threads').isMainThread)
    endWith(Number(process.env.LONGHAUL_ENDS_WITH), process.env.LONGHAUL_LIFELINE)
  try {
    hang()
  } catch (error) {
    process.emitWarning(
      `This process, which a test of longhaul has started, is not kept from the world outside: ${error.message}`,
    )
  }
}
