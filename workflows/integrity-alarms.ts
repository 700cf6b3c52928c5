import type { FetchResult, MovedTagResult } from '../activities/types.ts'
import type { Next } from './step-state.ts'

/** A tag that is not what was seen first: nothing goes on before a person lets it go. */
export function movedTag(tag: string, moved: MovedTagResult): Next {
  const { before, after, evidence } = moved
  const gone = after === null
  return {
    kind: 'ask',
    need: 'tag-moved',
    question: gone
      ? `Integrity alarm: the tag ${tag} was deleted upstream after it was first seen. Is what was seen first still to be taken?`
      : `Integrity alarm: the tag ${tag} moved after it was first seen. Is what it is now to be taken instead?`,
    evidence,
    alarm: { need: 'tag-moved', tagObject: after ?? before, before },
  }
}

/** A tag that is not signed as the config demands, or that this worker cannot check. */
export function unsoundSignature(
  tag: string,
  result: Extract<FetchResult, { kind: 'tag-signature' | 'signature-tool-missing' }>,
): Next {
  if (result.kind === 'signature-tool-missing') {
    return { kind: 'ask', need: 'signature-tool-missing', question: result.message, evidence: [] }
  }
  const { tagObject, reason, evidence } = result
  return {
    kind: 'ask',
    need: 'tag-signature',
    question: `Integrity alarm: the signature of the tag ${tag} is not what the config demands. ${reason}`,
    evidence,
    alarm: { need: 'tag-signature', tagObject, before: null },
  }
}
