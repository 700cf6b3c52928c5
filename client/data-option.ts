import { type DataFolder, dataFolder } from '../config/data-folder.ts'
import { shellWord } from '../domain/shell-word.ts'

/** ` --data DIR` where a pasted command would otherwise use another folder; empty else. */
export function dataOption(from: { readonly data: DataFolder; readonly env: NodeJS.ProcessEnv }): string {
  const usual = dataFolder(undefined, from.env).root
  return from.data.root === usual ? '' : ` --data ${shellWord(from.data.root)}`
}
