package dev.sentinelj.runners.standalone;

import java.util.Optional;

/** Which build this is. */
final class Version {
  static final String TEXT =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
          .orElse("development");

  private Version() {}
}
