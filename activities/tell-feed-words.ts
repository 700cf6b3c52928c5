import { signalAttempts } from './signal-attempts.ts'
import type { FeedWordsInput } from './watch-types.ts'

/** Tells the running attempts of these releases what the feed says against them now; returns whom it told. */
export function tellFeedWords({ upstream, words }: FeedWordsInput): Promise<readonly string[]> {
  return signalAttempts(upstream, (tag) => {
    const word = words.find((each) => each.tag === tag)
    return word === undefined ? null : { name: 'feedWord', input: word }
  })
}
