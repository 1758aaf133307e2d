package dev.sentinelj.runners.standalone;

import java.nio.file.Path;

/** What lies where under {@code $SENTINEL_HOME}. */
record Home(Path root) {
  Path config() {
    return root.resolve("sentinel.conf");
  }

  Path keys() {
    return root.resolve("keys");
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path bus() {
    return root.resolve("bus");
  }

  Path agent() {
    return root.resolve("agent");
  }

  Path logs() {
    return root.resolve("logs");
  }
}
