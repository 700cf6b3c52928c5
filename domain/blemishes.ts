/**
 * Faults of objects that `git fsck` names, as far as they only look ugly: an old author line or a mode that today's Git
 * would not write. Nothing reads more into them than is there, and the histories that have them cannot be rewritten.
 * Source: git-fsck(1), FSCK MESSAGES.
 */
export const harmlessBlemishes = [
  'badDate',
  'badDateOverflow',
  'badEmail',
  'badName',
  'badTimezone',
  'extraHeaderEntry',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'missingTaggerEntry',
  'multipleAuthors',
  'nulInCommit',
  'zeroPaddedDate',
  'zeroPaddedFilemode',
] as const

/** Faults that an operator may let in for one repository: no attack needs them, but a tool may stumble over them. */
export const ignorableBlemishes = [
  'badFilemode',
  'badTagName',
  'badType',
  'gitattributesLarge',
  'gitattributesLineLength',
  'gitattributesSymlink',
  'gitignoreSymlink',
  'gitmodulesParse',
  'largePathname',
  'mailmapSymlink',
  'missingAuthor',
  'missingCommitter',
  'missingTag',
  'missingTagEntry',
  'missingType',
  'missingTypeEntry',
  'symlinkTargetLength',
  'treeNotSorted',
] as const

/** What an operator may write into `fsck: { ignore: […] }`; the harmless ones are let in anyway. */
export const allowedBlemishes: readonly string[] = [...harmlessBlemishes, ...ignorableBlemishes]

/** Faults that an attack is made of: a tree that writes out of the work tree, or a `.gitmodules` that runs a program. */
export const dangerousBlemishes: readonly string[] = [
  'badTree',
  'badTreeSha1',
  'duplicateEntries',
  'emptyName',
  'fullPathname',
  'gitattributesBlob',
  'gitattributesMissing',
  'gitmodulesBlob',
  'gitmodulesLarge',
  'gitmodulesMissing',
  'gitmodulesName',
  'gitmodulesPath',
  'gitmodulesSymlink',
  'gitmodulesUpdate',
  'gitmodulesUrl',
  'hasDot',
  'hasDotdot',
  'hasDotgit',
  'nulInHeader',
  'nullSha1',
  'symlinkPointsToGitDir',
  'unterminatedHeader',
]
