/**
 * The form of a question: what is left of it when nothing is taken away that could decide the answer. Two questions of one form
 * are the same question.
 *
 * Every word, number, sign and name decides, and so does their order; only what is known to say nothing is taken away: courtesies,
 * frames ("could you explain …"), contractions, numbers in words, spellings, marks at the end. What is not in these lists decides.
 */
export function formOf(text: string): string {
  const tokens = withoutCourtesy(inWords(tokensOf(text)))
  return withoutEnd(unframed(tokens)).join(' ')
}

/** What stands in quotes is one; line breaks and indentation decide in code, and other space does not. */
const TOKENS =
  /"[^"\n]*"|`[^`]*`|\n[^\S\n]*|[\p{L}\p{M}_][\p{L}\p{M}\p{Nd}_]*(?:'\p{L}+)*|\p{Nd}+(?:[.,]\p{Nd}+)*|[^\s\p{L}\p{M}\p{Nd}_]/gu

const SAME_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/[’ʼ]/g, "'"],
  [/[“”„]/g, '"'],
  [/[‐‑–—−]/g, '-'],
]

function tokensOf(text: string): string[] {
  let plain = text.trim().normalize('NFC').replaceAll('\r\n', '\n')
  for (const [signs, sign] of SAME_SIGNS) plain = plain.replace(signs, sign)
  const tokens: string[] = plain.match(TOKENS) ?? []
  const [first] = tokens
  if (first !== undefined && first !== first.toUpperCase()) tokens[0] = opener(first)
  return tokens
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/))

const ASKING = set('what who whom whose which when where why how')
const VERBS = set(
  `add analyse answer assess calculate check choose compare compute convert count create decide define describe discuss draft
   estimate evaluate explain find generate give identify list name outline pick predict provide rank rate recommend review
   show solve state suggest summarise tell translate vote write analyze summarize`,
)
const AUXILIARIES = set('is are was were am be do does did can could should would will shall has have had')
const OPENERS: ReadonlySet<string> = new Set([
  ...ASKING,
  ...VERBS,
  ...AUXILIARIES,
  ...set(`a an the i'm what's who's where's how's that's it's there's i you we they he she it this that
     these those my your our their if in on at for from to of with and but or not no yes please kindly hello hi thanks
     thank let's isn't aren't don't doesn't didn't can't couldn't won't wouldn't shouldn't i'd`),
])
/** A question that begins so is one without its mark, too. */
const QUESTIONS: ReadonlySet<string> = new Set([...ASKING, ...AUXILIARIES, ...VERBS])

/** The first word of a sentence as it is within one. */
const opener = (word: string): string => {
  const lower = word.toLowerCase()
  return OPENERS.has(lower) ? (SPELLINGS[lower] ?? lower) : word
}
const SPELLINGS: Readonly<Record<string, string>> = { analyze: 'analyse', summarize: 'summarise' }

const WORDS: Readonly<Record<string, string>> = {
  an: 'a',
  "what's": 'what is',
  "who's": 'who is',
  "where's": 'where is',
  "how's": 'how is',
  "that's": 'that is',
  "it's": 'it is',
  "there's": 'there is',
  "let's": 'let us',
  "i'm": 'I am',
  "I'm": 'I am',
  "I've": 'I have',
  "I'll": 'I will',
  "you're": 'you are',
  "we're": 'we are',
  "they're": 'they are',
  "isn't": 'is not',
  "aren't": 'are not',
  "wasn't": 'was not',
  "weren't": 'were not',
  "don't": 'do not',
  "doesn't": 'does not',
  "didn't": 'did not',
  "can't": 'can not',
  cannot: 'can not',
  "couldn't": 'could not',
  "won't": 'will not',
  "wouldn't": 'would not',
  "shouldn't": 'should not',
  "hasn't": 'has not',
  "haven't": 'have not',
  "hadn't": 'had not',
  ...Object.fromEntries(
    'zero one two three four five six seven eight nine ten eleven twelve'
      .split(' ')
      .map((word, value) => [word, String(value)]),
  ),
  ...Object.fromEntries(
    '1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th'
      .split(' ')
      .map((short, nth) => [
        'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ')[nth]!,
        short,
      ]),
  ),
}

/** Contractions, numbers in words and spellings, told apart no more. Ordinals are a number and its ending. */
const inWords = (tokens: readonly string[]): string[] =>
  tokens.flatMap((token) =>
    Object.hasOwn(WORDS, token) ? WORDS[token]!.replace(/^(\d+)(\D+)$/, '$1 $2').split(' ') : [token],
  )

/** Words that say nothing wherever they stand, with the comma that parts them from the rest. */
function withoutCourtesy(tokens: readonly string[]): string[] {
  const left: string[] = []
  for (const [index, token] of tokens.entries()) {
    if (token !== 'please' && token !== 'kindly') {
      const isParting = token === ',' && tokens[index - 1] === 'please' && left.length === 0
      if (!isParting) left.push(token)
    } else if (left.at(-1) === ',') left.pop()
  }
  return left
}

const words = (text: string): string[] => text.split(' ')
/** Dropped before a word that asks, or a verb that orders. */
const FRAMES: readonly (readonly [frame: readonly string[], before: ReadonlySet<string>])[] = [
  ...[
    'can you tell me',
    'could you tell me',
    'would you tell me',
    'tell me',
    'I would like to know',
    'I want to know',
  ].map((frame) => [words(frame), ASKING] as const),
  ...['can you', 'could you', 'would you', 'will you'].map((frame) => [words(frame), VERBS] as const),
]
const GREETINGS = ['hello ,', 'hello !', 'hi ,', 'hi !'].map(words)
const THANKS = [
  ', thanks',
  ', thank you',
  '. thanks',
  '. thank you',
  '. Thanks',
  '. Thank you',
  '? Thanks',
  '? Thank you',
].map(words)

const begins = (tokens: readonly string[], with_: readonly string[]): boolean =>
  with_.every((word, index) => tokens[index] === word)

const lowered = ([first = '', ...rest]: readonly string[]): string[] => [first === 'I' ? first : opener(first), ...rest]

function unframed(tokens: readonly string[]): string[] {
  let left = [...tokens]
  const greeting = GREETINGS.find((words_) => begins(left, words_))
  if (greeting) left = lowered(left.slice(greeting.length))
  const frame = FRAMES.find(([words_, before]) => begins(left, words_) && before.has(left[words_.length] ?? ''))
  if (frame) left = lowered(left.slice(frame[0].length))
  // How something is done is asked either way.
  if (begins(left, ['how', 'can', 'I'])) left[1] = 'do'
  return left
}

/** Without thanks and marks at the end, where these change nothing: a full stop, and the mark of what is a question without it. */
function withoutEnd(tokens: readonly string[]): string[] {
  let left = [...tokens]
  while (left.at(-1) === '.' || left.at(-1) === '!' || left.at(-1) === '?') {
    // A factorial is none, nor is a statement that is asked.
    const isWord = /^\p{L}{2,}$/u.test(left.at(-2) ?? '')
    if (left.at(-1) === '!' && !isWord) break
    if (left.at(-1) === '?' && !QUESTIONS.has(left[0] ?? '')) break
    left = left.slice(0, -1)
  }
  const thanks = THANKS.find((words_) => left.length > words_.length && begins(left.slice(-words_.length), words_))
  return thanks ? withoutEnd(left.slice(0, -thanks.length)) : left
}
