import type { Choice } from '../../provider/index.ts'

/** Characters of a search that its address tells. */
const TOLD = 60

/** Pages that stand behind a text for which the web was searched: made up, one for each search. */
export const pagesFor = ({ text, hosted = [] }: Pick<Choice, 'text' | 'hosted'>) =>
  hosted
    .filter(({ kind }) => kind === 'web_search')
    .map(({ query }) => ({
      start_index: 0,
      end_index: text.length,
      title: query,
      url: `https://www.example.com/${encodeURIComponent(query.toLowerCase().replaceAll(/\W+/g, '-').slice(0, TOLD))}`,
    }))
