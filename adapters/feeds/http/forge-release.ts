import { z } from 'zod'
import type { JsonEntry } from './json-entry.ts'
import { files, flag, readEach, text } from './read-each.ts'

const schema = z.object({
  tag_name: z.string().min(1),
  name: text,
  body: text,
  html_url: text,
  draft: flag,
  prerelease: flag,
  published_at: text,
  assets: files('browser_download_url'),
})

/** Reads a list of releases in the shape that GitHub, Forgejo and Gitea share. */
export function readForgeReleases(value: unknown): readonly JsonEntry[] {
  return readEach(value, schema, (release) => ({
    tag: release.tag_name,
    title: release.name,
    publishedAt: release.published_at ?? null,
    url: release.html_url ?? null,
    prerelease: release.prerelease ?? false,
    draft: release.draft ?? false,
    notes: release.body,
    assets: release.assets,
  }))
}
