import { UndriftError } from '../domain/errors.ts'
import { type FoldedGenerated, foldGenerated, hasObject, importMadeTree, type Mirror } from '../git/index.ts'
import type { MadeInput, StackInput } from './types.ts'

/** Folds in what was made again, wherever that was done; the replay that it was made from must be in the mirror. */
export async function foldMade(
  mirror: Mirror,
  input: StackInput,
  { from, tree, pending, pack }: MadeInput,
): Promise<FoldedGenerated> {
  if (!(await hasObject(mirror, tree))) {
    if (pack === null) {
      throw new UndriftError('UNDRIFT_E_PAYLOAD', 'What was made again is too large for a message.', {
        hint: 'Let the workers of the roles git and verify share a data folder, or write `take:` for these files.',
      })
    }
    await importMadeTree(mirror, { tree, head: from, pack })
  }
  const { committer, generated: rules = [] } = input.settings.fork
  return foldGenerated(mirror, { onto: input.onto, head: from, tree, pending, rules, committer })
}
