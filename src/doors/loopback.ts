/**
 * The hosts of this machine, as a pattern: 127.0.0.0/8, ::1, `localhost` and the names below it (RFC 6761), the other names that
 * systems give these, and the addresses that mean all of its own.
 */
export const LOOPBACK = String.raw`(?:(?:.+\.)?localhost|localhost[46]?(?:\.localdomain[46]?)?|ip6-(?:localhost|loopback)|(?:::ffff:)?127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|(?:0+:){7}0*[01]|::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4})`

/** A host without what differs in spelling alone: case, brackets of an IPv6 address, a zone, a dot at the end. */
export const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/%.*$/, '')
    .replace(/\.$/, '')
