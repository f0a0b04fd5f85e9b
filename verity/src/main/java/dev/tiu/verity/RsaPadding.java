package dev.tiu.verity;

/** How an RSA key signs. */
public enum RsaPadding {
  /** RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes. */
  PSS,
  /** RSASSA-PKCS1-v1_5, for verifiers that know nothing better. */
  PKCS1
}
