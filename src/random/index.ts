export {
  constantDistribution,
  empiricalDistribution,
  InvalidDistributionError,
  lognormalDistribution,
  neverDistribution,
  uniformDistribution,
  type Distribution,
} from './distributions.ts'
export { hashHex, KeyedRandom, type Seed } from './keyed.ts'
export { philox } from './philox.ts'
