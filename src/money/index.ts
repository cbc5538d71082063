export { formatDollars, InvalidAmountError, parseDollars, type Money, type PicoDollars } from './amount.ts'
export { costOf, type Price, type Prices } from './prices.ts'
export { DEFAULT_CONTEXT_WINDOW, listedModel, listedModels } from './table.ts'
