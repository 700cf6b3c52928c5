import type { WatchKnowledge, WatchWord } from './watch.ts'

const mostWords = 10
const longestDetail = 200

/** Keeps who said what to a watch, and when. */
export function recordWord(known: WatchKnowledge, word: WatchWord): WatchKnowledge {
  return {
    ...known,
    words: [...(known.words ?? []), { ...word, detail: word.detail.slice(0, longestDetail) }].slice(
      -mostWords,
    ),
  }
}
