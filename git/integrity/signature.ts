/** Whose key made a good signature. */
export interface Signer {
  /** `gpg:<fingerprint of the primary key>` or `ssh:SHA256:…`: the same signer is the same text. */
  readonly id: string
  /** The same for a person, with the name that the key's owner gave. */
  readonly name: string
}

/** What became of looking at a tag's signature. Only `good` is a signature by a named key. */
export type SignatureCheck =
  | { readonly kind: 'good'; readonly signer: Signer }
  | { readonly kind: 'unsigned'; readonly reason: string }
  /** Signed, but not so that it counts: broken, expired, revoked, or by somebody who is not named. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'tool-missing'; readonly program: 'gpg' | 'ssh-keygen' }
