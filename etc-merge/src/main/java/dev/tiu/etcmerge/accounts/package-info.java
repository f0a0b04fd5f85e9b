/**
 * The merge of accounts: passwd, group, shadow, gshadow, subuid and subgid, record by record. Works
 * on contents alone, and reads and writes no file.
 */
@NullMarked
package dev.tiu.etcmerge.accounts;

import org.jspecify.annotations.NullMarked;
