/** Networks that RFC 5737 and RFC 2544 keep for documentation and benchmarks: no real host has such an address. */
const NETWORKS = [
  { first: '192.0.2.', hosts: 254 },
  { first: '198.51.100.', hosts: 254 },
  { first: '203.0.113.', hosts: 254 },
]

const addressOfName = new Map<string, string>()
const nameOfAddress = new Map<string, string>()
const learned = new Map<string, string>()

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

/** Whether an address stands for a name: nothing is to be sent there. */
export const isMadeUp = (address: string): boolean => nameOfAddress.has(address)

/** Says by which name a real address was found, so that who connects to it is judged by that. */
export function learn(name: string, addresses: readonly string[]): void {
  for (const address of addresses) learned.set(address, name.toLowerCase())
}

/** The name that an address stands for, or that it was found by. */
export const nameFor = (address: string): string | undefined => nameOfAddress.get(address) ?? learned.get(address)
