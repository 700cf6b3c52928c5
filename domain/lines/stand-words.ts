import type { StandReason } from '../watch.ts'

/** Why a line stands on its release, in a few words for a person. */
export function standWords(because: 'baseline' | StandReason, note: string | null): string {
  switch (because) {
    case 'baseline':
      return 'baseline'
    case 'sent':
      return 'sent by the watch'
    case 'run':
      return 'run by hand'
    case 'set':
      return `set by ${note ?? 'someone'}`
    case 'gone':
      return `upstream deleted ${note ?? 'the newer tag'}`
    case 'rules':
      return `the rules do not take ${note ?? 'the newer tag'}`
  }
}
