import type { TagRules } from '../domain/settings.ts'

/** What a fork or a line changes of the rules above it. */
export type TagChanges = { readonly [Key in keyof TagRules]?: TagRules[Key] | undefined }

/** The rules of an upstream with what a fork and a line change of them, key by key. */
export function mergeTags(base: TagRules, ...changes: readonly (TagChanges | undefined)[]): TagRules {
  return Object.assign({}, base, ...changes)
}
