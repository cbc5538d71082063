import type { Reply } from '../../provider/index.ts'
import type { Found } from './vendor.ts'

const PAGES = 2

const slugOf = (text: string): string => text.toLowerCase().replaceAll(/\W+/g, '-').slice(0, 60)

/** What was found on the web for an answer: pages that are made up, at addresses that lead nowhere. */
export const foundFor = ({ choices }: Reply): Found[] =>
  (choices[0].hosted ?? []).flatMap(({ kind, query }) =>
    kind === 'web_search'
      ? Array.from({ length: PAGES }, (_, nth) => ({
          title: `${query} (${nth + 1})`,
          url: `https://example.com/${slugOf(query)}/${nth + 1}`,
        }))
      : [],
  )
