package dev.tiu;

import java.util.regex.Pattern;

/** A user's name, as useradd(8) takes it without objection on every distribution. */
record UserName(String text) {
  private static final Pattern FORM = Pattern.compile("[a-z_][a-z0-9_-]{0,30}");

  UserName {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name for a user: lower-case letters, digits, - and _, 31 characters at most"
              .formatted(text));
    }
  }
}
