import { shellWord } from '../../domain/shell-word.ts'
import { displayPath } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { OpenPath } from './conflict-merge.ts'

const submodule = '160000'

/** What a person may do about a conflicted path that no markers settle, as one sentence; null where there are markers. */
export function choiceOf(conflict: OpenPath): string | null {
  if (conflict.isMarked) return null
  const { ours, theirs, merged } = conflict
  const name = shellWord(displayPath(conflict.path).text)
  if ((ours ?? theirs)?.mode === submodule) return `It needs a choice: ${submoduleChoices(conflict, name)}.`
  const brings = [
    ...(isToBring(ours, merged) ? [`\`git checkout --ours ${name}\` brings the new base's`] : []),
    ...(isToBring(theirs, merged) ? [`\`git checkout --theirs ${name}\` brings the patch's`] : []),
  ]
  if (merged === null) {
    // A folder is no entry of its own: it is its files, which are not of the conflict.
    const [what, word] = conflict.kind === 'directory/file' ? ['A folder', 'rm --cached'] : ['Nothing', 'rm']
    return `It needs a choice. ${what} lies there: ${list([keep(word, name), ...brings])}.`
  }
  const gone = `\`git rm ${name}\` has it gone`
  const acts = [keep('add', name), gone, ...brings]
  return `It needs a choice. What lies there is ${whose(conflict)}: ${list(acts)}; or edit it.`
}

function submoduleChoices({ ours, theirs }: OpenPath, name: string): string {
  const take = (side: Entry) => `\`git update-index --cacheinfo ${submodule},${side?.oid},${name}\``
  return [
    ...(ours?.mode === submodule ? [`${take(ours)} for the new base's commit`] : []),
    ...(theirs?.mode === submodule ? [`${take(theirs)} for the patch's`] : []),
    `\`git rm --cached ${name}\` to have it gone`,
  ].join(', ')
}

function keep(word: string, name: string): string {
  return `\`git ${word} ${name}\` keeps ${word === 'rm' ? 'it so' : 'it'}`
}

function isToBring(side: Entry, merged: Entry): boolean {
  return side !== null && side.mode !== submodule && !isSame(side, merged)
}

function whose({ ours, theirs, merged }: OpenPath): string {
  if (isSame(ours, merged))
    return theirs === null ? "the new base's, which the patch does not have" : "the new base's"
  if (isSame(theirs, merged))
    return ours === null ? "the patch's, which the new base does not have" : "the patch's"
  return 'made of both sides'
}

function isSame(side: Entry, merged: Entry): boolean {
  return side !== null && side.oid === merged?.oid && side.mode === merged.mode
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')}, ${words.at(-1)}`
}
