/** Networks that RFC 5737 and RFC 2544 keep for documentation and benchmarks: no real host has such an address. */
const NETWORKS = [
  { first: '192.0.2.', hosts: 254 },
  { first: '198.51.100.', hosts: 254 },
  { first: '203.0.113.', hosts: 254 },
]

const addressOfName = new Map<string, string>()
const nameOfAddress = new Map<string, string>()

function nth(index: number): string {
  let rest = index
  for (const { first, hosts } of NETWORKS) {
    if (rest < hosts) return `${first}${rest + 1}`
    rest -= hosts
  }
  return `198.18.${(rest >> 8) & 255}.${rest & 255}`
}

/** The address that stands for a name which nobody looks up. */
export function addressFor(name: string): string {
  const host = name.toLowerCase().replace(/\.$/, '')
  let address = addressOfName.get(host)
  if (address === undefined) {
    address = nth(addressOfName.size)
    addressOfName.set(host, address)
    nameOfAddress.set(address, host)
  }
  return address
}

/** The name that an address stands for, if it does. */
export const nameFor = (address: string): string | undefined => nameOfAddress.get(address)
